import { noAnswerInTime } from '../../../../lambda/core/providerAnswer';
import type { EventBus, RotationEventDetail } from '../../../../lambda/effects/eventBus';
import type { FollowUp, FollowUpQueue } from '../../../../lambda/effects/followUpQueue';
import type { LocalWorld, Message, Overrides } from '../../../support/localWorld';
import { secondMs } from '../../../support/simulatedClock';
import type { StoredTokenSet } from '../../../support/storedConnection';

type Happening = () => Promise<unknown>;

/** The token requests that this process has sent. */
export const posts = ({ requests }: LocalWorld) =>
  requests.filter((name) => name.startsWith('POST'));

/** An invocation that something happens to just before it publishes. */
export function beforePublishing(world: LocalWorld, happening: Happening): Overrides {
  const { secretStore } = world.effects;
  const happen = once(happening);
  return {
    secretStore: {
      ...secretStore,
      async put(...version) {
        await happen();
        return secretStore.put(...version);
      },
    },
  };
}

/** An invocation that something happens to just before it sends its refresh token. */
export const beforeRefreshing = (world: LocalWorld, happening: Happening): Overrides =>
  aroundRefreshing(world, 'before', happening);

/** The same, or once its request was taken up and before it has the answer. */
export function aroundRefreshing(
  world: LocalWorld,
  when: 'before' | 'after',
  happening: Happening,
): Overrides {
  const { provider } = world.effects;
  const happen = once(happening);
  return {
    provider: {
      ...provider,
      async requestToken(...request) {
        if (when === 'before') await happen();
        const answer = await provider.requestToken(...request);
        if (when === 'after') await happen();
        return answer;
      },
    },
  };
}

function once(happening: Happening): Happening {
  let happened = false;
  return async () => {
    if (happened) return;
    happened = true;
    await happening();
  };
}

/** An invocation at the same time in an environment of its own. */
export function another(world: LocalWorld, overrides: Overrides = {}) {
  world.clock.advance(secondMs);
  world.startNewEnvironment();
  return world.rotate({}, overrides);
}

/** An invocation whose process ends before it stores what its first exchange has brought. */
export function dyingBeforeStoring({ effects }: LocalWorld): Overrides {
  const die = () => Promise.reject(new Error('the process ended here'));
  const parameterStore = effects.parameterStore();
  return {
    secretStore: { ...effects.secretStore, put: die },
    parameterStore: () => ({ ...parameterStore, writeSecure: die }),
  };
}

/** Does such an invocation; the next one begins in an environment that knows nothing of it. */
export async function dieBeforeStoring(world: LocalWorld, message: Message = {}): Promise<void> {
  const dying = world.rotate(message, dyingBeforeStoring(world));
  await expect(dying).rejects.toThrow('the process ended here');
  world.startNewEnvironment();
}

/** A refresh that the rotator knows nothing of: its token set as the secret would hold it. */
export function refreshedUnseen(world: LocalWorld, refreshToken = ''): StoredTokenSet {
  const { provider, clock, stored } = world;
  const { clientId, clientSecret, model } = provider;
  const request = { clientId, clientSecret, refreshToken, accessType: 'offline', legacy: true };
  const nowMs = clock.now();
  const { status, body } = model.requestToken(request, nowMs);
  if (status !== 200) throw new Error('the refresh was refused');
  const { expiresIn, ...tokens } = body;
  return {
    ...stored.current(),
    ...tokens,
    issuedAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + expiresIn * secondMs).toISOString(),
  };
}

/** A provider that takes its time for every answer to a token request, until `forMs` are over. */
export function answeringAfter(
  world: LocalWorld,
  answerMs: number,
  forMs = Number.POSITIVE_INFINITY,
): Overrides {
  const { clock, effects } = world;
  const untilMs = clock.now() + forMs;
  return {
    provider: {
      ...effects.provider,
      async requestToken(request, timeoutMs) {
        const isSlow = clock.now() < untilMs;
        // It is taken up as it arrives, whoever still waits for the answer.
        const answer = await effects.provider.requestToken(request, timeoutMs);
        if (!isSlow) return answer;
        clock.advance(Math.min(answerMs, timeoutMs));
        if (answerMs <= timeoutMs) return answer;
        return { kind: 'noResponse', reason: noAnswerInTime };
      },
    },
  };
}

/** A queue for follow-ups, and what was sent there. */
export function recordFollowUps(): {
  readonly followUps: FollowUpQueue;
  readonly sent: FollowUp[];
} {
  const sent: FollowUp[] = [];
  return { sent, followUps: { send: async (followUp) => void sent.push(followUp) } };
}

/** An event bus, and what was put there. */
export function recordEvents(): {
  readonly events: EventBus;
  readonly sent: RotationEventDetail[];
} {
  const sent: RotationEventDetail[] = [];
  return { sent, events: { put: async (event) => void sent.push(event) } };
}
