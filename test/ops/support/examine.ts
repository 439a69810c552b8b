import type { Check } from '../../../ops/commands/doctor/check';
import type { Examination } from '../../../ops/commands/doctor/examine';
import type { OpsWorld } from './opsWorld';

/** What the doctor says of the connection "acme". */
export async function examine(world: OpsWorld) {
  const ran = await world.run(['doctor', 'acme', '--json']);
  const { checks, connections, ok } = ran.json<Examination & { readonly ok: boolean }>();
  const found = (id: string) => checks.filter((check) => check.id === id);
  return { exitCode: ran.exitCode, ok, checks, connections, found };
}

/** "id verdict" of each check that is not ok. */
export const notOk = (checks: readonly Check[]) =>
  checks.filter(({ verdict }) => verdict !== 'ok').map(({ id, verdict }) => `${id} ${verdict}`);
