import { deployFleetCommand } from '../../connection/fleet';
import type { Context } from '../../context';
import { timeText } from '../../terminal/text';

/** `nothing` if there is neither a schedule nor a fleet; `unknown` if one may not be read. */
export type RotatedBy = 'schedule' | 'fleet' | 'nothing' | 'unknown';

/** What rotates a connection's token in this Region. */
export async function readRotatedBy(context: Context, connection: string): Promise<RotatedBy> {
  const [schedule, fleet] = await Promise.all([
    context.region.connection(connection).schedule.reading(),
    context.region.fleet.reading(),
  ]);
  if (schedule.known && schedule.value) return 'schedule';
  if (fleet.known && fleet.value) return 'fleet';
  return schedule.known && fleet.known ? 'nothing' : 'unknown';
}

/** What `seed --json` prints. */
export interface SeedResult {
  readonly connection: string;
  /**
   * `seeded`: the token set is AWSCURRENT; `parked`: it waits in the escrow for `next`;
   * `completed`: the chain was there, what was missing beside it is there now.
   */
  readonly outcome: 'seeded' | 'parked' | 'completed';
  /** ISO 8601; absent if the stored chain has no access token yet. */
  readonly expiresAt?: string;
  /** Of the secret, unless it was parked or completed. */
  readonly versionId?: string;
  /** What keeps the token fresh from now on. */
  readonly rotatedBy: RotatedBy;
  /** The command to go on with. */
  readonly next: string;
}

function formatKeeper({ connection, rotatedBy }: SeedResult): string[] {
  if (rotatedBy === 'fleet') return ['The fleet keeps its token fresh from now on.'];
  if (rotatedBy !== 'nothing') return [];
  return [
    'Nothing rotates it: there is no schedule for it, and no fleet in this Region. Before the token',
    `expires, deploy a fleet (${deployFleetCommand}), or a stack with`,
    `"${connection}" in cdk.json.`,
  ];
}

const headlines: Record<SeedResult['outcome'], string> = {
  seeded: 'Seeded',
  parked: 'Parked in the escrow, since Secrets Manager did not take it:',
  completed: 'Completed',
};

/** What a person reads of a seeding. */
export function formatSeed(result: SeedResult, { clock, terminal }: Context): string[] {
  const { connection, outcome, expiresAt, versionId, next } = result;
  const tone = outcome === 'parked' ? 'warning' : 'good';
  return [
    terminal.paint(`${headlines[outcome]} ${connection}.`, tone),
    ...(expiresAt
      ? [`The access token expires ${timeText(Date.parse(expiresAt), clock.now())}.`]
      : []),
    ...(versionId ? [`Version of the secret: ${versionId}`] : []),
    ...(outcome === 'parked' ? [] : formatKeeper(result)),
    `Next: ${next}`,
  ];
}
