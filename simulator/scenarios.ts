import { labels } from '../lambda/core/labels';
import { replaceChain, restoreOldVersion, secretsManagerRotation } from './operators';
import {
  clientSecret,
  clientSecretName,
  stagedClientSecret,
  stagedClientSecretName,
} from './outside/outside';
import { type SimulationOptions, startMs } from './simulated';
import type { Simulation } from './simulation';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** One kind of rotation: the state that it begins from, and what Lambda is asked to do. */
export interface Scenario {
  readonly name: string;
  readonly options?: Partial<SimulationOptions>;
  /** It is made of a fault already, or of two invocations at once: one more makes a pair. */
  readonly countsAsFault?: boolean;
  /** It differs from the others in what comes after a fault: pairs are played of it in any run. */
  readonly hasPairs?: boolean;
  readonly prepare: (simulation: Simulation) => void;
  /** What is asked for before the schedule's ticks. @default one message of the schedule */
  readonly play?: (simulation: Simulation) => void;
}

const due = (simulation: Simulation) => void issued(simulation);
const fresh = (simulation: Simulation) => void issued(simulation, 5);

export const scenarios: readonly Scenario[] = [
  { name: 'a token that is due', hasPairs: true, prepare: due },
  {
    name: 'a token that is due, in a fleet',
    options: { isFleet: true },
    prepare: (simulation) => void issued(simulation, 20),
  },
  { name: 'the first rotation after seeding', prepare: (simulation) => seeded(simulation) },
  {
    name: 'the first rotation after seeding, in a fleet',
    options: { isFleet: true },
    prepare: (simulation) => seeded(simulation),
  },
  {
    name: 'a fresh token, rotated by force through the queue',
    prepare: fresh,
    play: (simulation) => simulation.send({ force: true }),
  },
  {
    name: 'a fresh token, rotated by force and by hand',
    hasPairs: true,
    prepare: fresh,
    play: (simulation) => void simulation.invoke({ by: 'hand', force: true }),
  },
  {
    name: 'a token that is due, rotated by hand',
    prepare: due,
    play: (simulation) => void simulation.invoke({ by: 'hand', force: false }),
  },
  {
    name: 'a newer token set in the escrow',
    hasPairs: true,
    prepare(simulation) {
      const { outside } = simulation;
      const atMs = startMs - 10 * minuteMs;
      const successor = outside.use(issued(simulation, 35), atMs);
      outside.putEscrow(outside.tokenSet(successor, atMs));
    },
  },
  {
    name: 'a newer token set in the escrow that is due itself',
    prepare(simulation) {
      const { outside } = simulation;
      const atMs = startMs - 30 * minuteMs;
      const successor = outside.use(issued(simulation, 55), atMs);
      outside.putEscrow(outside.tokenSet(successor, atMs));
    },
  },
  {
    name: 'an older token set in the escrow',
    prepare(simulation) {
      const { outside } = simulation;
      const first = issued(simulation, 90);
      const former = outside.secrets.readStage('AWSCURRENT').text;
      const atMs = startMs - 30 * minuteMs;
      outside.putRotated(outside.tokenSet(outside.use(first, atMs), atMs));
      outside.putEscrow(JSON.parse(former));
    },
  },
  {
    name: 'rivals in the escrow, the later one last',
    hasPairs: true,
    prepare(simulation) {
      const { outside } = simulation;
      const first = issued(simulation, 26);
      const [atMs, laterMs] = [startMs - 2 * minuteMs, startMs - 100_000];
      const rivals = [outside.use(first, atMs), outside.use(first, laterMs)];
      outside.putEscrow(
        rivals.map((rival, at) => ({
          ...outside.tokenSet(rival, at === 0 ? atMs : laterMs),
          open: true,
        })),
      );
    },
  },
  {
    name: 'an open token set in AWSCURRENT',
    hasPairs: true,
    prepare(simulation) {
      const { outside } = simulation;
      const atMs = startMs - minuteMs;
      const successor = outside.use(issued(simulation, 26), atMs);
      outside.putRotated(outside.tokenSet(successor, atMs), ['AWSCURRENT', labels.open]);
    },
  },
  {
    name: 'a fresh token that may have been sent',
    prepare(simulation) {
      const { outside } = simulation;
      outside.use(issued(simulation, 5), startMs - minuteMs);
      outside.secrets.moveStage(labels.sent, undefined, outside.secrets.holderOf('AWSCURRENT'));
      outside.secrets.settle();
    },
  },
  {
    name: 'a stranded AWSPENDING',
    prepare(simulation) {
      const { outside } = simulation;
      const atMs = startMs - 10 * minuteMs;
      const successor = outside.use(issued(simulation, 35), atMs);
      outside.putRotated(outside.tokenSet(successor, atMs), ['AWSPENDING']);
    },
  },
  {
    name: "a race's loser in AWSCURRENT",
    hasPairs: true,
    prepare(simulation) {
      const { outside } = simulation;
      const first = issued(simulation, 60);
      const atMs = startMs - 30 * minuteMs;
      const loser = outside.use(first, atMs);
      const winner = outside.use(first, atMs + 500);
      outside.putRotated(outside.tokenSet(winner, atMs + 500));
      outside.putRotated(outside.tokenSet(loser, atMs));
    },
  },
  {
    name: 'a client secret that has expired beside a staged one',
    prepare(simulation) {
      const { outside } = simulation;
      issued(simulation);
      expireClientSecret(simulation);
      outside.parameters.put(stagedClientSecretName, stagedClientSecret, true);
    },
  },
  {
    name: 'a client secret that has expired and is replaced after a while',
    countsAsFault: true,
    prepare(simulation) {
      const { outside, checker, time } = simulation;
      issued(simulation);
      expireClientSecret(simulation);
      checker.areCredentialsGood = false;
      time.at(startMs + 7 * minuteMs, () => {
        outside.parameters.put(clientSecretName, stagedClientSecret, true);
        checker.areCredentialsGood = true;
        checker.trouble();
      });
    },
  },
  {
    name: 'a chain that an administrator has revoked, seeded again after a while',
    countsAsFault: true,
    prepare(simulation) {
      const { outside, checker, time, options } = simulation;
      issued(simulation);
      outside.provider.revokeChain(1);
      checker.chain.isExpected = false;
      if (options.onBrokenChain === 'reissue') return;
      time.at(startMs + 27 * minuteMs, () => void replaceChain(simulation));
    },
  },
  {
    name: 'a secret reset to its empty template',
    countsAsFault: true,
    prepare(simulation) {
      const { outside } = simulation;
      issued(simulation, 30);
      outside.secrets.put(outside.nextId(), '{}');
    },
  },
  {
    name: 'a version before the last one, put back by hand',
    countsAsFault: true,
    prepare(simulation) {
      const { outside } = simulation;
      const atMs = startMs - 4 * minuteMs;
      const successor = outside.use(issued(simulation, 25), atMs);
      outside.putRotated(outside.tokenSet(successor, atMs));
    },
    play(simulation) {
      restoreOldVersion(simulation);
      simulation.send();
    },
  },
  {
    name: "Secrets Manager's own rotation",
    hasPairs: true,
    prepare: (simulation) => void issued(simulation, 10),
    play: (simulation) => void secretsManagerRotation(simulation),
  },
  {
    name: "Secrets Manager's own rotation of a token that is due, with a tick between its steps",
    countsAsFault: true,
    prepare: due,
    play(simulation) {
      void secretsManagerRotation(simulation);
      simulation.time.at(startMs + 250, () => simulation.send());
    },
  },
  {
    name: 'a tick and an invocation by hand at once',
    countsAsFault: true,
    prepare: due,
    play(simulation) {
      simulation.send();
      simulation.time.at(startMs + 30, () => void simulation.invoke({ by: 'hand', force: true }));
    },
  },
  {
    name: 'a chain that is replaced by another while a tick is under way',
    countsAsFault: true,
    prepare: due,
    play(simulation) {
      simulation.send();
      simulation.time.at(startMs + 60, () => void replaceChain(simulation));
    },
  },
  {
    name: 'a chain that was seeded by a machine whose clock is three hours ahead',
    countsAsFault: true,
    prepare(simulation) {
      const { outside, checker } = simulation;
      const refreshToken = outside.provider.startChain(startMs - 35 * minuteMs);
      const tokenSet = outside.tokenSet(refreshToken, startMs - 35 * minuteMs);
      const aheadMs = startMs - 35 * minuteMs + 3 * hourMs;
      const issuedAt = new Date(aheadMs).toISOString();
      const expiresAt = new Date(aheadMs + hourMs).toISOString();
      outside.secrets.put(outside.nextId(), JSON.stringify({ ...tokenSet, issuedAt, expiresAt }), [
        'AWSCURRENT',
        labels.seeded,
      ]);
      checker.readers.hasMisdatedSeed = true;
      checker.chain.isExpected = true;
    },
  },
  {
    name: 'a token that is due, of a provider whose tokens live 20 minutes',
    options: { lifeMs: 20 * minuteMs },
    prepare(simulation) {
      const { outside, checker } = simulation;
      const refreshToken = outside.provider.startChain(startMs - 10 * minuteMs);
      outside.putRotated(outside.tokenSet(refreshToken, startMs - 10 * minuteMs, 20 * minuteMs));
      checker.chain.isExpected = true;
    },
  },
  {
    name: 'a token that is due, of a provider whose tokens are long',
    options: { tokenLength: 1_300 },
    prepare: due,
  },
  {
    name: 'a token that is due, by a clock that is four minutes ahead',
    countsAsFault: true,
    options: { skewMs: 4 * minuteMs },
    prepare: due,
  },
  {
    name: 'a token that is due, by a clock that is four minutes behind',
    countsAsFault: true,
    options: { skewMs: -4 * minuteMs },
    prepare: due,
  },
];

/** A token set that a rotation stored `ageMinutes` ago, its refresh token unused; returns that. */
export function issued({ outside, checker }: Simulation, ageMinutes = 25): string {
  const issuedAtMs = startMs - ageMinutes * minuteMs;
  const refreshToken = outside.provider.startChain(issuedAtMs);
  outside.putRotated(outside.tokenSet(refreshToken, issuedAtMs));
  checker.chain.isExpected = true;
  return refreshToken;
}

/** A first refresh token and nothing else, as a person may store it. */
export function seeded({ outside, checker }: Simulation): void {
  const refreshToken = outside.provider.startChain(startMs);
  const text = JSON.stringify({ refreshToken });
  outside.secrets.put(outside.nextId(), text, ['AWSCURRENT', labels.seeded]);
  checker.chain.isExpected = true;
}

export function expireClientSecret({ outside }: Simulation): void {
  outside.provider.acceptedSecrets.delete(clientSecret);
  outside.provider.acceptedSecrets.add(stagedClientSecret);
}
