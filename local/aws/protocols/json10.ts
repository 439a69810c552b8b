import { AwsError } from '../awsError';
import type { Service } from '../awsRequest';
import { queryCodeOf } from '../sqs/sqsErrors';
import { jsonAnswer } from './jsonAnswer';
import { parseJsonInput } from './jsonInput';
import type { Protocol } from './protocol';

/** The services that speak it, by the name that a request's target begins with. */
const servicesByName: ReadonlyMap<string, Service> = new Map([
  ['AmazonSQS', 'sqs'],
  ['GraniteServiceVersion20100801', 'cloudwatch'],
]);

const answer = jsonAnswer('application/x-amz-json-1.0');

function targetIn(headers: Readonly<Record<string, unknown>>) {
  const [, name = '', operation] = /^(\w+)\.(\w+)$/.exec(String(headers['x-amz-target'])) ?? [];
  const service = servicesByName.get(name);
  return service && operation !== undefined ? { service, operation } : undefined;
}

/** Whether a request is for one of these services. */
export const isJson10 = (headers: Readonly<Record<string, unknown>>) =>
  targetIn(headers) !== undefined;

/**
 * As `json11`, but that errors also have the codes of the Query protocol that the services spoke
 * before. Source: "AWS JSON 1.0 protocol", "AWS Query compatible" (Smithy).
 */
export const json10: Protocol = {
  understand({ method, headers, body }) {
    const target = targetIn(headers);
    if (method !== 'POST' || target === undefined) {
      throw new AwsError('UnknownOperationException', 'No operation of that name here.', 404);
    }
    return { ...target, input: parseJsonInput(body) };
  },
  answer: (_, output) => answer(200, output),
  refuse({ name, message, status }, _, service = 'sqs') {
    const fault = status < 500 ? 'Sender' : 'Receiver';
    const shape = service === 'sqs' ? `com.amazonaws.sqs#${name}` : name;
    const code = service === 'sqs' ? queryCodeOf(name) : name.replace(/Exception$/, '');
    return answer(status, { __type: shape, message }, { 'x-amzn-query-error': `${code};${fault}` });
  },
};
