import { attempt } from '../connection/reading';
import { readSchedule } from '../connection/schedule';
import type { Context } from '../context';

/** `nothing` where there is neither a schedule nor a fleet; `unknown` where one may not be read. */
export type Keeper = 'schedule' | 'fleet' | 'nothing' | 'unknown';

/** What rotates a connection's token in this Region. */
export async function keeperOf(context: Context, connection: string): Promise<Keeper> {
  const [schedule, fleet] = await Promise.all([
    attempt('scheduler:GetSchedule', () => readSchedule(context, connection)),
    context.fleet(),
  ]);
  if (schedule.known && schedule.value) return 'schedule';
  if (fleet.known && fleet.value) return 'fleet';
  return schedule.known && fleet.known ? 'nothing' : 'unknown';
}
