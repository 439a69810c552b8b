import { AwsError } from '../../../local/aws/awsError';

/** The AWS error that an operation refuses with. */
export function refusalOf(operation: () => unknown): AwsError {
  try {
    operation();
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
  throw new Error('the operation was not refused');
}
