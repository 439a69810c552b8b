import { currentText } from './chainState';
import { clientSecret, stagedClientSecret } from './outside';
import { type Simulation, startMs } from './simulation';

const minuteMs = 60_000;

/** One kind of rotation: the state that it begins from, and what Lambda is asked to do. */
export interface Scenario {
  readonly name: string;
  /** Two invocations at once are a fault of the platform already: one more makes a pair. */
  readonly countsAsFault?: boolean;
  readonly prepare: (simulation: Simulation) => void;
  /** The invocations before the schedule's ticks; the first tick by default. */
  readonly play?: (simulation: Simulation) => Promise<unknown>;
  /** The connection is one of a fleet: a message every 20 minutes takes the place of the ticks. */
  readonly fleet?: boolean;
}

export const scenarios: readonly Scenario[] = [
  { name: 'a token that is due', prepare: (simulation) => dueToken(simulation) },
  {
    name: 'a token that is due, in a fleet',
    prepare: (simulation) => dueToken(simulation, 20),
    fleet: true,
  },
  {
    name: 'the first rotation after seeding, in a fleet',
    fleet: true,
    prepare(simulation) {
      simulation.outside.seed();
      simulation.properties.chainExpected = true;
    },
  },
  {
    name: 'the first rotation after seeding',
    prepare(simulation) {
      simulation.outside.seed();
      simulation.properties.chainExpected = true;
    },
  },
  {
    name: 'a fresh token rotated by hand',
    prepare: (simulation) => dueToken(simulation, 5),
    play: (simulation) => simulation.invokeAsync({ force: true }),
  },
  {
    name: 'a fresh token rotated by hand amid two ticks, without the retries of Lambda',
    countsAsFault: true,
    prepare: (simulation) => dueToken(simulation, 5),
    play: async (simulation) => {
      await simulation.time.after(2 * minuteMs);
      await simulation.invoke({ force: true });
    },
  },
  {
    name: 'a newer token set in the escrow',
    prepare(simulation) {
      const successor = simulation.outside.use(dueToken(simulation, 35), startMs - 10 * minuteMs);
      simulation.outside.putEscrow(
        simulation.outside.tokenSetText(successor, startMs - 10 * minuteMs),
      );
    },
  },
  {
    name: 'a newer token set in the escrow that is due itself',
    prepare(simulation) {
      const successor = simulation.outside.use(dueToken(simulation, 50), startMs - 30 * minuteMs);
      simulation.outside.putEscrow(
        simulation.outside.tokenSetText(successor, startMs - 30 * minuteMs),
      );
    },
  },
  {
    name: 'an older token set in the escrow',
    prepare(simulation) {
      const first = dueToken(simulation, 90);
      const old = currentText(simulation.durable) ?? '';
      const successor = simulation.outside.use(first, startMs - 30 * minuteMs);
      simulation.outside.putSecret(
        simulation.outside.tokenSetText(successor, startMs - 30 * minuteMs),
      );
      simulation.outside.putEscrow(old);
    },
  },
  {
    name: 'a stranded AWSPENDING',
    prepare(simulation) {
      const successor = simulation.outside.use(dueToken(simulation, 35), startMs - 10 * minuteMs);
      simulation.outside.putSecret(
        simulation.outside.tokenSetText(successor, startMs - 10 * minuteMs),
        ['AWSPENDING'],
      );
    },
  },
  {
    name: "a race's loser in AWSCURRENT",
    prepare(simulation) {
      const first = dueToken(simulation, 60);
      const atMs = startMs - 30 * minuteMs;
      const loser = simulation.outside.use(first, atMs);
      const winner = simulation.outside.use(first, atMs + 500);
      simulation.outside.putSecret(simulation.outside.tokenSetText(winner, atMs + 500));
      simulation.outside.putSecret(simulation.outside.tokenSetText(loser, atMs));
    },
  },
  {
    name: 'a client secret that has expired beside a staged one',
    prepare(simulation) {
      dueToken(simulation);
      const { clientSecrets } = simulation.durable.provider;
      clientSecrets.stage(stagedClientSecret, startMs - 60 * minuteMs);
      clientSecrets.expire(clientSecret);
      simulation.outside.putSecureParameter('/sfmc/sim/client-secret-next', stagedClientSecret);
    },
  },
  {
    name: 'a client secret that has expired and is replaced after a while',
    prepare(simulation) {
      dueToken(simulation);
      const { clientSecrets } = simulation.durable.provider;
      clientSecrets.stage(stagedClientSecret, startMs - 60 * minuteMs);
      clientSecrets.expire(clientSecret);
      simulation.properties.credentialsGood = false;
      simulation.time.at(startMs + 7 * minuteMs, () => {
        simulation.outside.putSecureParameter('/sfmc/sim/client-secret', stagedClientSecret);
        simulation.properties.credentialsGood = true;
        simulation.properties.trouble();
      });
    },
  },
  {
    name: 'a chain that an administrator has revoked, re-seeded after a while',
    prepare(simulation) {
      simulation.durable.provider.revokeChain(dueToken(simulation));
      simulation.properties.chainExpected = false;
      if (simulation.options.onBrokenChain === 'reissue') return;
      simulation.time.at(startMs + 12 * minuteMs, () => {
        simulation.outside.seed();
        simulation.properties.chainExpected = true;
        simulation.properties.trouble();
      });
    },
  },
  {
    name: 'a secret reset to its empty template',
    prepare(simulation) {
      dueToken(simulation, 30);
      simulation.outside.putSecret('{}');
    },
  },
  {
    name: "Secrets Manager's own rotation",
    prepare: (simulation) => dueToken(simulation, 10),
    play: (simulation) => nativeRotation(simulation),
  },
  {
    name: "Secrets Manager's own rotation of a token that is due, a tick amid its steps",
    countsAsFault: true,
    prepare: (simulation) => dueToken(simulation),
    play: async (simulation) => {
      const rotation = nativeRotation(simulation);
      simulation.time.at(startMs + 250, () => void simulation.invokeAsync());
      await rotation;
    },
  },
  {
    name: 'two invocations at once',
    countsAsFault: true,
    prepare: (simulation) => dueToken(simulation),
    play: async (simulation) => {
      const first = simulation.invokeAsync();
      await simulation.time.after(30);
      await Promise.all([first, simulation.invokeAsync()]);
    },
  },
];

/** A token set stored `ageMinutes` ago, its refresh token unused; returns that. */
function dueToken(simulation: Simulation, ageMinutes = 25): string {
  const issuedAtMs = startMs - ageMinutes * minuteMs;
  const refreshToken = simulation.outside.startChain(issuedAtMs);
  simulation.outside.putSecret(simulation.outside.tokenSetText(refreshToken, issuedAtMs));
  simulation.properties.chainExpected = true;
  return refreshToken;
}

/** Secrets Manager runs the four steps, each again when it fails, and gives up after a while. */
export async function nativeRotation(simulation: Simulation): Promise<void> {
  const versionId = simulation.nextId('version');
  for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const) {
    let ended = await simulation.invoke({ step, versionId });
    for (let tries = 1; ended.kind !== 'succeeded' && tries < 4; tries++) {
      await simulation.time.after(minuteMs);
      ended = await simulation.invoke({ step, versionId });
    }
    if (ended.kind !== 'succeeded') return;
  }
}
