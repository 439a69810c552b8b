import type { Check } from '../../../ops/commands/doctor/check';
import type { OpsWorld } from './opsWorld';

/** What the doctor says of the connection "acme". */
export async function examine(world: OpsWorld) {
  const ran = await world.run(['doctor', 'acme', '--json']);
  const { checks, ok } = ran.json<{ checks: Check[]; ok: boolean }>();
  const found = (id: string) => checks.filter((check) => check.id === id);
  return { exitCode: ran.exitCode, ok, checks, found };
}

/** "id verdict" of each check that is not ok. */
export const notOk = (checks: readonly Check[]) =>
  checks.filter(({ verdict }) => verdict !== 'ok').map(({ id, verdict }) => `${id} ${verdict}`);
