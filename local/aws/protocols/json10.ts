import { AwsError } from '../awsError';
import { queryCodeOf } from '../sqs/sqsErrors';
import { jsonAnswer } from './jsonAnswer';
import { parseJsonInput } from './jsonInput';
import type { Protocol } from './protocol';

export const SQS_TARGET = /^AmazonSQS\.(\w+)$/;

const answer = jsonAnswer('application/x-amz-json-1.0');

/**
 * As `json11`, but that errors are also told by the codes of the Query protocol that SQS spoke
 * before. Source: "AWS JSON 1.0 protocol", "AWS Query compatible" (Smithy).
 */
export const json10: Protocol = {
  understand({ method, headers, body }) {
    const operation = SQS_TARGET.exec(String(headers['x-amz-target']))?.[1];
    if (method !== 'POST' || operation === undefined) {
      throw new AwsError('UnknownOperationException', 'No operation of that name here.', 404);
    }
    return { service: 'sqs', operation, input: parseJsonInput(body) };
  },
  answer: (_, output) => answer(200, output),
  refuse({ name, message, status }) {
    const fault = status < 500 ? 'Sender' : 'Receiver';
    return answer(
      status,
      { __type: `com.amazonaws.sqs#${name}`, message },
      { 'x-amzn-query-error': `${queryCodeOf(name)};${fault}` },
    );
  },
};
