import type { RotationResult } from '../../../lambda/rotator/run';
import type { InvokeOptions, LocalLambda } from '../../../local/aws/lambda/lambda';
import type { ConnectionOptions, LambdaWorld } from '../../support/lambdaWorld';
import { minuteMs } from '../../support/simulatedClock';
import type { StoredConnection } from '../../support/storedConnection';

/** A connection of its own for one way to rotate. */
export interface Attempt {
  readonly world: Pick<LambdaWorld, 'aws' | 'provider' | 'now' | 'refreshed'>;
  readonly lambda: Pick<LocalLambda, 'invoke'>;
  readonly connection: string;
  readonly queueArn: string;
  /** Lets time pass for everyone. */
  advance(ms: number): void;
  /** Stores a chain and all that belongs to it, under the key of the stack. */
  connect(options?: ConnectionOptions): StoredConnection;
}

const versionId = '11111111-2222-3333-4444-555555555555';

async function invoke({ lambda, connection }: Attempt, members: object = {}): Promise<string> {
  const { outcome } = await lambda.invoke<RotationResult>({ connection, ...members });
  return outcome;
}

/** As Lambda hands on a message that SQS delivers for the first time. */
async function deliver(
  { lambda, connection, queueArn, world }: Attempt,
  options?: InvokeOptions,
): Promise<string> {
  const attributes = {
    ApproximateReceiveCount: '1',
    SentTimestamp: String(world.now()),
    MessageGroupId: connection,
  };
  const body = JSON.stringify({ connection });
  const message = { messageId: connection, body, attributes, eventSourceARN: queueArn };
  return JSON.stringify(await lambda.invoke({ Records: [message] }, options));
}

async function step({ lambda, connection }: Attempt, Step: string): Promise<void> {
  const event = { Step, SecretId: `sfmc/${connection}`, ClientRequestToken: versionId };
  await lambda.invoke(event);
}

/** Between the thresholds of both modes and a token that the tick before would have found due. */
const justDueMs = 22 * minuteMs;

const expectNoEscrow = (stored: StoredConnection) => expect(stored.escrow()).toBeUndefined();

/** Every way to rotate, by the connection that goes it, to what the invocation came to. */
export const rotations: Readonly<Record<string, (attempt: Attempt) => Promise<string>>> = {
  async fresh(attempt) {
    attempt.connect({ ageMs: minuteMs });
    return invoke(attempt);
  },

  async due(attempt) {
    attempt.connect();
    return invoke(attempt);
  },

  async forced(attempt) {
    attempt.connect({ ageMs: minuteMs });
    return invoke(attempt, { force: true });
  },

  async message(attempt) {
    const stored = attempt.connect({ ageMs: justDueMs });
    const before = stored.versionOf('AWSCURRENT');
    const answer = await deliver(attempt);
    expect(stored.versionOf('AWSCURRENT')).not.toBe(before);
    return answer;
  },

  async previous(attempt) {
    attempt.connect().put('{}');
    return invoke(attempt);
  },

  async unlabelled(attempt) {
    const stored = attempt.connect();
    stored.put('{}');
    stored.put('{}');
    return invoke(attempt);
  },

  async 'into-escrow'(attempt) {
    const stored = attempt.connect({ ageMs: justDueMs });
    const { aws } = attempt.world;
    aws.orderFault({ operation: 'PutSecretValue', kind: 'unavailable', calls: 2 });
    const answer = await deliver(attempt);
    expectNoEscrow(stored);
    return answer;
  },

  async 'out-of-escrow'(attempt) {
    const stored = attempt.connect();
    const { refreshToken = '' } = stored.current();
    stored.putParameter('escrow', attempt.world.refreshed(refreshToken, minuteMs));
    const outcome = await invoke(attempt);
    expectNoEscrow(stored);
    return outcome;
  },

  async steps(attempt) {
    const stored = attempt.connect();
    for (const name of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
      await step(attempt, name);
    }
    expect(stored.versionOf('AWSCURRENT')).toBe(versionId);
    return invoke(attempt);
  },

  async reissue(attempt) {
    const stored = attempt.connect({ onBrokenChain: 'reissue', ageMs: justDueMs });
    attempt.world.provider.model.revokeChain(stored.current().refreshToken ?? '');
    // Not time enough to ask a second time 10 seconds later: the next invocation does.
    expect(await deliver(attempt, { timeoutMs: 8_000 })).toContain('"itemIdentifier"');
    attempt.advance(6 * minuteMs);
    return invoke(attempt);
  },

  async staged(attempt) {
    const stored = attempt.connect();
    stored.putParameter('client-secret', 'expired');
    stored.putParameter('client-secret-next', attempt.world.provider.clientSecret);
    return invoke(attempt);
  },
};

/** What each of them has to come to. */
export const outcomes: Readonly<Record<string, string>> = {
  fresh: 'fresh',
  due: 'rotated',
  forced: 'rotated',
  message: '{"batchItemFailures":[]}',
  previous: 'recovered',
  unlabelled: 'recovered',
  'into-escrow': '{"batchItemFailures":[]}',
  'out-of-escrow': 'recovered',
  steps: 'fresh',
  reissue: 'reissued',
  staged: 'rotated',
};
