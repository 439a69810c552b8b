import { expectEqual } from './expectation';
import { isTick, type TourInvocation } from './rotator';

/** What a rotation costs if nothing goes wrong. */
export const undisturbedCalls = 4;

/** Whether a tick rotated at its first delivery, and every call of it succeeded. */
export function isUndisturbedRotation(invocation: TourInvocation): boolean {
  const { outcome, message, awsCalls, providerRequests } = invocation;
  const succeeded = [...awsCalls, ...providerRequests].every(({ status }) => status === 200);
  const isFirst = message?.attributes.ApproximateReceiveCount === '1';
  return outcome === 'rotated' && isTick(invocation) && isFirst && succeeded;
}

/** Two reads, one request to the provider, one write: nothing else belongs on the happy path. */
export function expectUndisturbedRotation({ awsCalls, providerRequests }: TourInvocation): void {
  expectEqual('the AWS calls of a rotation', awsCalls.map(({ operation }) => operation).sort(), [
    'GetParameters',
    'GetSecretValue',
    'PutSecretValue',
  ]);
  expectEqual(
    'the provider requests of a rotation',
    providerRequests.map(({ path, status }) => `${path} ${status}`),
    ['/v1/requestToken 200'],
  );
}
