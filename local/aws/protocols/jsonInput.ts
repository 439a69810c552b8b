import { AwsError } from '../awsError';

/** A request's JSON. A member that is null counts as absent, as in AWS. */
export function parseJsonInput(body: string): Readonly<Record<string, unknown>> {
  try {
    const input = JSON.parse(body, (_, value) => (value === null ? undefined : value));
    if (typeof input === 'object' && !Array.isArray(input)) return input;
  } catch {
    // Not JSON: refused like JSON that is no object.
  }
  throw new AwsError('SerializationException');
}
