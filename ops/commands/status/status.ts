import { refreshTokenLifeDays } from '../../../lambda/core/limits';
import { refreshTokenIssuedAtMsOf } from '../../../lambda/core/tokenSet';
import { batchSize, type ListedConnection, Listings } from '../../connection/listings';
import { chunksOf, mapConcurrent } from '../../connection/reading';
import { registeredConnections } from '../../connection/registry';
import type { Context } from '../../context';
import { ConnectionProgress } from '../../terminal/spinner';
import { dayMs, isoTime } from '../../terminal/text';
import { chosenConnections } from '../chosenConnections';
import { type ConnectionFacts, judge, type Verdict } from '../judgement';
import { statusFactsReader } from './facts';

/** At a time: a shell's user shares the account's rates with the rotator itself. */
const width = 10;
/** The same, of as many connections as one call lists. */
const batchWidth = 4;
/** Of a batch, for what no listing has. */
const widthInBatch = 3;

/** What `status --json` prints. */
export interface StatusResult {
  /** By name; with --attention those that are not ok. */
  readonly connections: readonly ConnectionStatus[];
  /** How many were looked at. */
  readonly total: number;
}

/** Of each connection only its status is kept, and that only if it is shown. */
export async function statusOf(
  context: Context,
  name: string | undefined,
  isShown: (status: ConnectionStatus) => boolean,
): Promise<StatusResult> {
  const progress = new ConnectionProgress(context.terminal);
  try {
    const { total, ...looked } = await connectionsToLookAt(context, name, progress);
    const readFacts = statusFactsReader(context, looked.only);
    const batches = await mapConcurrent(looked.batches, looked.width, async (read) => {
      const statuses = await mapConcurrent(await read(), widthInBatch, async (each) => {
        const status = connectionStatus(await readFacts(each), context.clock.now());
        progress.count();
        return isShown(status) ? status : [];
      });
      return statuses.flat();
    });
    return { connections: batches.flat(), total };
  } finally {
    progress.stop();
  }
}

interface LookedAt {
  /** Each reads what can be known of some connections at once. */
  readonly batches: readonly (() => Promise<readonly ListedConnection[]>)[];
  /** Of how many batches at a time. */
  readonly width: number;
  readonly total: number;
  /** Its name, if there is but one. */
  readonly only: string | undefined;
}

async function connectionsToLookAt(
  context: Context,
  name: string | undefined,
  progress: ConnectionProgress,
): Promise<LookedAt> {
  if (name !== undefined) {
    const names = await chosenConnections(context, name);
    return oneByOne(names.map((each) => ({ name: each })));
  }
  const { connections, areMany } = await registeredConnections(context, (count) =>
    progress.found(count),
  );
  progress.found(connections.length);
  if (!areMany) return oneByOne(connections);
  const fleet = await context.region.fleet.reading();
  const listings = await Listings.read(context, fleet.known && fleet.value !== undefined);
  return {
    batches: chunksOf(connections, batchSize).map((batch) => () => listings.read(batch)),
    width: batchWidth,
    total: connections.length,
    only: undefined,
  };
}

const oneByOne = (connections: readonly ListedConnection[]): LookedAt => ({
  batches: connections.map((each) => async () => [each]),
  width,
  total: connections.length,
  only: connections.length === 1 ? connections[0]?.name : undefined,
});

/** One connection as `status --json` prints it; null stands for what there is not, or is unknown. */
export interface ConnectionStatus {
  readonly name: string;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  /** Whether the fleet's rotator keeps it, and no function of a stack. */
  readonly isFleet: boolean;
  /** ISO 8601, as all times. */
  readonly expiresAt: string | null;
  /** Below zero once it has expired. */
  readonly secondsToExpiry: number | null;
  /** When the present token set was issued: the last rotation. */
  readonly issuedAt: string | null;
  readonly refreshTokenAgeDays: number | null;
  readonly refreshTokenDaysLeft: number | null;
  readonly escrow: boolean | null;
  readonly stagedSecret: boolean | null;
  /** `fleet`: it has none of its own, and the fleet's rotator keeps it. */
  readonly schedule: 'on' | 'off' | 'missing' | 'fleet' | 'unknown';
  /** The newest of the last 24 hours; of the last hour if the fleet's rotator keeps it. */
  readonly lastError: {
    readonly at: string;
    readonly code: string;
    readonly message: string;
  } | null;
  /** What could not be read. */
  readonly unknown: readonly { readonly what: UnknownPart; readonly why: string }[];
}

type UnknownPart = 'token' | 'parameters' | 'schedule' | 'lastError';

const unknownParts: readonly UnknownPart[] = ['token', 'parameters', 'schedule', 'lastError'];

function connectionStatus(facts: ConnectionFacts, nowMs: number): ConnectionStatus {
  const { name, isFleet, parameters, lastError } = facts;
  const error = lastError.known ? lastError.value : undefined;
  return {
    name,
    ...judge(facts, nowMs),
    isFleet,
    ...tokenTimes(facts, nowMs),
    escrow: parameters.known ? parameters.value.hasEscrow : null,
    stagedSecret: parameters.known ? parameters.value.stagedSecretType !== undefined : null,
    schedule: scheduleState(facts),
    lastError: error ? { at: isoTime(error.atMs), code: error.code, message: error.message } : null,
    unknown: unknownParts.flatMap((what) => {
      const reading = facts[what];
      return reading.known ? [] : [{ what, why: reading.why }];
    }),
  };
}

function tokenTimes({ token }: ConnectionFacts, nowMs: number) {
  const stored = token.known && token.value.kind === 'stored' ? token.value.version : undefined;
  const issued = stored?.tokens.kind === 'issued' ? stored.tokens.tokenSet : undefined;
  const isSeeded = stored !== undefined && stored.tokens.kind !== 'notSeeded';
  const ageDays = isSeeded ? (nowMs - refreshTokenIssuedAtMsOf(stored)) / dayMs : undefined;
  return {
    expiresAt: issued ? isoTime(issued.expiresAtMs) : null,
    secondsToExpiry: issued ? Math.floor((issued.expiresAtMs - nowMs) / 1_000) : null,
    issuedAt: issued ? isoTime(issued.issuedAtMs) : null,
    refreshTokenAgeDays: ageDays === undefined ? null : tenths(ageDays),
    refreshTokenDaysLeft: ageDays === undefined ? null : tenths(refreshTokenLifeDays - ageDays),
  };
}

const tenths = (days: number) => Math.floor(days * 10) / 10;

function scheduleState({ schedule, isFleet }: ConnectionFacts): ConnectionStatus['schedule'] {
  if (!schedule.known) return 'unknown';
  if (schedule.value === undefined) return isFleet ? 'fleet' : 'missing';
  return schedule.value.isEnabled ? 'on' : 'off';
}
