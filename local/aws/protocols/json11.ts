import { AwsError } from '../awsError';
import type { Service } from '../awsRequest';
import { jsonAnswer } from './jsonAnswer';
import { parseJsonInput } from './jsonInput';
import type { Protocol } from './protocol';

const targetPrefixes: ReadonlyMap<string, Service> = new Map([
  ['AmazonSSM', 'ssm'],
  ['AWSEvents', 'events'],
  ['Logs_20140328', 'logs'],
  ['TrentService', 'kms'],
  ['secretsmanager', 'secretsmanager'],
]);

const answer = jsonAnswer('application/x-amz-json-1.1');

/** Names the operation in the header `X-Amz-Target`. Source: "AWS JSON 1.1 protocol" (Smithy). */
export const json11: Protocol = {
  understand({ method, headers, body }) {
    const [prefix = '', operation = ''] = String(headers['x-amz-target']).split('.');
    const service = targetPrefixes.get(prefix);
    if (method !== 'POST' || !service) {
      throw new AwsError('UnknownOperationException', 'No service of that name here.', 404);
    }
    return { service, operation, input: parseJsonInput(body) };
  },
  answer: (_, output) => answer(200, output),
  refuse({ name, message, status }, _, service) {
    // Spelled as in each service's API model; SDKs read both.
    const member = service === 'secretsmanager' ? 'Message' : 'message';
    return answer(status, { __type: name, ...(message !== '' && { [member]: message }) });
  },
};
