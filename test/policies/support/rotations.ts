import type { RotationResult } from '../../../lambda/rotator/rotation';
import type { ConnectionOptions, LambdaWorld } from '../../support/lambdaWorld';
import { minuteMs } from '../../support/simulatedClock';
import type { StoredConnection } from '../../support/storedConnection';

/** A connection of its own for one way to rotate. */
export interface Attempt {
  readonly world: LambdaWorld;
  readonly connection: string;
  /** Stores a chain and all that belongs to it, under the key of the stack. */
  connect(options?: ConnectionOptions): StoredConnection;
}

const versionId = '11111111-2222-3333-4444-555555555555';

async function invoke({ world, connection }: Attempt, members: object = {}): Promise<string> {
  const { outcome } = await world.lambda.invoke<RotationResult>({ connection, ...members });
  return outcome;
}

async function step({ world, connection }: Attempt, Step: string): Promise<void> {
  const event = { Step, SecretId: `sfmc/${connection}`, ClientRequestToken: versionId };
  await world.lambda.invoke(event);
}

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
    const stored = attempt.connect();
    const before = stored.versionOf('AWSCURRENT');
    const { connection } = attempt;
    const Records = [{ messageId: 'message', body: JSON.stringify({ connection }) }];
    const answer = await attempt.world.lambda.invoke({ Records });
    expect(stored.versionOf('AWSCURRENT')).not.toBe(before);
    return JSON.stringify(answer);
  },

  async previous(attempt) {
    attempt.connect().put('{}');
    return invoke(attempt);
  },

  async pending(attempt) {
    const stored = attempt.connect();
    await step(attempt, 'createSecret');
    await attempt.world.lambda.kill();
    attempt.world.advance(6 * minuteMs);
    const outcome = await invoke(attempt);
    expect(stored.versionOf('AWSPENDING')).toBeUndefined();
    return outcome;
  },

  async unlabelled(attempt) {
    const stored = attempt.connect();
    stored.put('{}');
    stored.put('{}');
    return invoke(attempt);
  },

  async 'into-escrow'(attempt) {
    const stored = attempt.connect();
    const { aws } = attempt.world;
    aws.orderFault({ operation: 'PutSecretValue', kind: 'unavailable', calls: 2 });
    const outcome = await invoke(attempt);
    expectNoEscrow(stored);
    return outcome;
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
    const stored = attempt.connect({ onBrokenChain: 'reissue' });
    attempt.world.provider.model.revokeChain(stored.current().refreshToken ?? '');
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
  pending: 'recovered',
  unlabelled: 'recovered',
  'into-escrow': 'rotated',
  'out-of-escrow': 'recovered',
  steps: 'fresh',
  reissue: 'reissued',
  staged: 'rotated',
};
