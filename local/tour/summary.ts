import { expectEqual, expectThat } from './expectation';
import { callsIn, type TourInvocation } from './rotator';
import type { Story } from './story';
import { duration } from './time';
import { isUndisturbedRotation, undisturbedCalls } from './undisturbed';

/**
 * The numbers of the whole story, by name.
 *
 * @throws ExpectationFailed if a rotation made more calls than it needs, or if a token or a
 * secret is in what the function printed.
 */
export function summaryOf(story: Story, elapsedMs: number): [name: string, text: string][] {
  const { world, reader, rotator } = story;
  const { invocations } = rotator;
  const simulatedMs = world.now() - world.beganAtMs;
  return [
    ['invocations', counted(invocations, ({ step, outcome }) => step ?? outcome)],
    ['AWS calls', counted(awsCallsOf(invocations), ({ operation }) => operation)],
    ['provider calls', counted(providerRequestsOf(invocations), ({ path }) => lastPart(path))],
    ['per rotation', callsPerRotation(invocations)],
    [
      'readers',
      `${reader.readings} readings, none of an expired token, none refused; at least ` +
        `${duration(reader.shortestLifeMs)} were left`,
    ],
    ['nothing leaked', leakCheck(story)],
    ['time', `${duration(simulatedMs)} of simulated time in ${duration(elapsedMs)}`],
  ];
}

const awsCallsOf = (invocations: readonly TourInvocation[]) =>
  invocations.flatMap(({ awsCalls }) => awsCalls);

const providerRequestsOf = (invocations: readonly TourInvocation[]) =>
  invocations.flatMap(({ providerRequests }) => providerRequests);

const lastPart = (path: string): string => path.split('/').at(-1) ?? path;

function callsPerRotation(invocations: readonly TourInvocation[]): string {
  const undisturbed = invocations.filter(isUndisturbedRotation);
  for (const invocation of undisturbed) {
    expectEqual('the calls of an undisturbed rotation', callsIn(invocation), undisturbedCalls);
  }
  return (
    `${undisturbedCalls} calls, in each of the ${undisturbed.length} that nothing disturbed; ` +
    '1 call for a fresh tick'
  );
}

function leakCheck({ world, rotator }: Story): string {
  const problems = rotator.invocations.flatMap(({ problem }) => problem ?? []);
  const printed = [...world.lambda.logs, ...problems].join('\n');
  // The client id is the first that was made, and no secret.
  const [, ...secrets] = world.secrets;
  expectThat('the function printed something to search', world.lambda.logs.length > 0);
  expectEqual(
    'the number of tokens and secrets in what the function printed',
    secrets.filter((secret) => printed.includes(secret)).length,
    0,
  );
  return (
    `none of ${secrets.length} tokens and secrets is in the function's ${world.lambda.logs.length} ` +
    'lines of logs and metrics, nor in its errors'
  );
}

/** `5: 3 rotated, 2 fresh`. */
function counted<T>(items: readonly T[], nameOf: (item: T) => string): string {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(nameOf(item), (counts.get(nameOf(item)) ?? 0) + 1);
  const parts = [...counts].map(([name, count]) => `${count} ${name}`);
  return `${items.length}: ${parts.join(', ')}`;
}
