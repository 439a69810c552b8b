import { messageLifeMs, mostReceives, visibilityTimeoutMs } from '../../../lambda/core/limits';
import { ParameterStoreModel } from '../../../local/aws/parameterStore/parameterStore';
import { SecretsManagerModel } from '../../../local/aws/secretsManager/secretsManager';
import { FifoQueue } from '../../../local/aws/sqs/fifoQueue';
import { receiptHandleOf } from '../../../local/aws/sqs/message';
import { newAttributes } from '../../../local/aws/sqs/queueAttributes';
import { ProviderModel } from '../../../local/provider/model';
import { SimulatedParameterStore } from '../../../simulator/outside/parameterStore';
import { Provider, type SecondUse } from '../../../simulator/outside/provider';
import { type ReadVersion, SecretsManager } from '../../../simulator/outside/secretsManager';
import { ConnectionQueue, type Message } from '../../../simulator/platform/connectionQueue';
import { randomFrom } from '../../../simulator/random';
import { startMs } from '../../../simulator/simulated';

const minuteMs = 60_000;
const seeds = Array.from({ length: 30 }, (_, at) => at + 1);

/** Chance, and a clock that it moves on. */
class Draw {
  nowMs = startMs;
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  of<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  pass(mostMs: number): void {
    this.nowMs += this.below(mostMs);
  }
}

/** What came of a call: its value, or the name of its error. */
function outcomeOf<T>(call: () => T): T | string {
  try {
    return call();
  } catch (thrown) {
    if (thrown instanceof Error) return thrown.name;
    throw thrown;
  }
}

describe("the simulator's Secrets Manager does what the local endpoint's does", () => {
  const SecretId = 'secret';
  const idOf = (nth: number) => `version-${String(nth).padStart(32, '0')}`;
  const labels = ['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS', 'SFMC_OPEN', 'SFMC_SENT'];

  it.each(seeds)('in sequence %i of random calls', (seed) => {
    const draw = new Draw(seed);
    const ours = new SecretsManager(() => draw.nowMs);
    const theirs = new SecretsManagerModel(() => draw.nowMs);
    theirs.createSecret({ Name: SecretId, ClientRequestToken: idOf(0), SecretString: 'first' });
    ours.put(idOf(0), 'first');
    const read = (version: { VersionId?: string; VersionStage?: string }): ReadVersion => {
      const found = theirs.getSecretValue({ SecretId, ...version });
      return {
        id: found.VersionId,
        text: found.SecretString ?? '',
        createdAtMs: (found.CreatedDate ?? 0) * 1_000,
        stages: [...(found.VersionStages ?? [])],
      };
    };
    // Some write so often that Secrets Manager has no room left.
    const ids = seed % 4 === 0 ? 150 : 12;
    const mostPassMs = seed % 4 === 0 ? 12 * minuteMs : 200 * minuteMs;

    for (let step = 0; step < 160; step++) {
      draw.pass(mostPassMs);
      const [id, other] = [idOf(draw.below(ids)), idOf(draw.below(ids))];
      const label = draw.of(labels);
      switch (draw.below(seed % 4 === 0 ? 2 : 4)) {
        case 0:
        case 1: {
          const text = draw.of(['a', 'b', `${id} alone`]);
          const stages = draw.of([undefined, ['AWSCURRENT', 'SFMC_OPEN'], ['AWSPENDING'], [label]]);
          expect(outcomeOf(() => ours.put(id, text, stages))).toEqual(
            outcomeOf(() => {
              const put = { SecretId, ClientRequestToken: id, SecretString: text };
              theirs.putSecretValue({ ...put, ...(stages && { VersionStages: stages }) });
            }),
          );
          break;
        }
        case 2: {
          const from = draw.of([undefined, id, ours.holderOf(label)]);
          const to = draw.of([undefined, other, idOf(0)]);
          expect(outcomeOf(() => ours.moveStage(label, from, to))).toEqual(
            outcomeOf(() => {
              theirs.updateSecretVersionStage({
                SecretId,
                VersionStage: label,
                ...(from === undefined ? {} : { RemoveFromVersionId: from }),
                ...(to === undefined ? {} : { MoveToVersionId: to }),
              });
            }),
          );
          break;
        }
        default:
          expect(outcomeOf(() => ours.read(id))).toEqual(outcomeOf(() => read({ VersionId: id })));
      }
      expect(outcomeOf(() => ours.readStage(label))).toEqual(
        outcomeOf(() => read({ VersionStage: label })),
      );
      const listed = theirs.listSecretVersionIds({ SecretId, IncludeDeprecated: true });
      expect(ours.list().map(({ id: versionId }) => versionId)).toEqual(
        listed.Versions.map(({ VersionId }) => VersionId),
      );
    }
  });
});

describe("the simulator's Parameter Store does what the local endpoint's does", () => {
  it.each(seeds.slice(0, 10))('in sequence %i of random calls', (seed) => {
    const draw = new Draw(seed);
    const ours = new SimulatedParameterStore(() => draw.nowMs);
    const theirs = new ParameterStoreModel(() => draw.nowMs);
    const names = ['/a', '/b', '/c'];

    for (let step = 0; step < 100; step++) {
      const name = draw.of(names);
      const value = 'x'.repeat(draw.of([1, 100, 8 * 1024, 8 * 1024 + 1]));
      const overwrites = draw.below(2) === 0;
      if (draw.below(4) === 0) {
        expect(outcomeOf(() => ours.remove(name))).toEqual(
          outcomeOf(() => {
            theirs.deleteParameter({ Name: name });
          }),
        );
      } else {
        const put = {
          Name: name,
          Value: value,
          Type: 'SecureString',
          Overwrite: overwrites,
        } as const;
        expect(outcomeOf(() => ours.put(name, value, overwrites))).toEqual(
          outcomeOf(() => theirs.putParameter({ ...put, Tier: 'Intelligent-Tiering' }).Version),
        );
      }
      const { Parameters } = theirs.getParameters({ Names: names, WithDecryption: true });
      expect([...ours.read(names)]).toEqual(
        Parameters.map(({ Name, Value, Version }) => [Name, { value: Value, version: Version }]),
      );
    }
  });
});

describe("the simulator's provider does what the local one does", () => {
  const [clientId, clientSecret] = ['client', 'secret'];
  const alike: readonly (readonly [
    SecondUse,
    'same-successor' | 'another-successor' | 'revokes-first',
  ])[] = [
    ['same-successor', 'same-successor'],
    ['another-successor', 'another-successor'],
    ['revokes-descent', 'revokes-first'],
  ];

  it.each(alike)('if a second use is: %s', (secondUse, theirSecondUse) => {
    for (const seed of seeds.slice(0, 10)) {
      const draw = new Draw(seed);
      const ours = new Provider({ secondUse });
      ours.acceptedSecrets.add(clientSecret);
      let issued = 0;
      const nextId = () => {
        issued += 1;
        return `token-${issued}`;
      };
      const theirs = new ProviderModel({
        ...{ clientId, clientSecret, nextId, secondUse: theirSecondUse },
      });
      const pairs = [[ours.startChain(draw.nowMs), theirs.startChain('user', draw.nowMs)] as const];

      for (let step = 0; step < 60; step++) {
        draw.pass(2 * minuteMs);
        const [own, their] = draw.of(pairs.slice(-5));
        const isOffline = draw.below(5) > 0;
        const secret = draw.of([clientSecret, clientSecret, clientSecret, 'wrong']);
        const request = { clientSecret: secret, refreshToken: own, isOffline };
        const grant = ours.requestToken(request, draw.nowMs);
        const { status, body } = theirs.requestToken(
          {
            ...{ clientId, clientSecret: secret, refreshToken: their },
            ...(isOffline && { accessType: 'offline' }),
          },
          draw.nowMs,
        );
        expect(grant === undefined ? 401 : 200).toBe(status);
        const successor = 'refreshToken' in body ? body.refreshToken : undefined;
        const known = pairs.find(([one]) => one === grant?.refreshToken);
        expect(known?.[1]).toBe(pairs.find(([, one]) => one === successor)?.[1]);
        if (grant?.refreshToken && successor && !known) pairs.push([grant.refreshToken, successor]);
        for (const [one, other] of pairs) {
          expect(ours.accepts(one, draw.nowMs)).toBe(theirs.accepts(other, draw.nowMs));
        }
      }
    }
  });
});

describe("the simulator's provider", () => {
  it('may revoke a successor and not what came of that', () => {
    const provider = new Provider({ secondUse: 'revokes-successor' });
    provider.acceptedSecrets.add('secret');
    const use = (refreshToken: string) =>
      provider.requestToken({ clientSecret: 'secret', refreshToken, isOffline: true }, startMs)
        ?.refreshToken ?? '';
    const first = provider.startChain(startMs);
    const successor = use(first);
    const descendant = use(successor);

    const rival = use(first);

    const accepted = [successor, descendant, rival].map((text) => provider.accepts(text, startMs));
    expect(accepted).toEqual([false, true, true]);
  });
});

describe("the simulator's queue does what the local endpoint's does", () => {
  it.each(seeds)('in sequence %i of random calls', (seed) => {
    const draw = new Draw(seed);
    const ours = new ConnectionQueue();
    const attributes = newAttributes({
      FifoQueue: 'true',
      VisibilityTimeout: String(visibilityTimeoutMs / 1_000),
      MessageRetentionPeriod: String(messageLifeMs / 1_000),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: 'dead', maxReceiveCount: mostReceives }),
    });
    const theirs = new FifoQueue('queue', 'queue', attributes, draw.nowMs);
    const dead = new FifoQueue('dead', 'dead', newAttributes({ FifoQueue: 'true' }), draw.nowMs);
    let [sent, own, handle]: [number, Message | undefined, string] = [0, undefined, ''];

    for (let step = 0; step < 120; step++) {
      draw.pass(minuteMs);
      const action = draw.below(8);
      if (action === 0) {
        sent += 1;
        const body = String(sent);
        ours.send(body, draw.nowMs);
        const message = { groupId: 'group', deduplicationId: body, body, senderId: 'sender' };
        theirs.send(message, draw.nowMs);
      } else if (action === 1 && own && own.visibleAtMs > draw.nowMs) {
        ours.delete(own);
        theirs.delete(handle, draw.nowMs);
      } else {
        const [their] = theirs.receive(1, visibilityTimeoutMs, draw.nowMs, () => dead);
        own = ours.take(draw.nowMs);
        handle = their ? receiptHandleOf(their) : '';
        const seen = (message: Pick<Message, 'body' | 'receiveCount' | 'sentAtMs'> | undefined) =>
          message && [message.body, message.receiveCount, message.sentAtMs];
        expect(seen(own)).toEqual(seen(their));
      }
    }
  });
});
