import { deployFleet, installInFleet } from './fleet';
import { printingFunction, storeToken } from './installed';
import { type OpsWorld, startOpsWorld } from './opsWorld';

/** The parameters of the connection that is removed. */
export const names = {
  config: '/sfmc/acme/config',
  clientSecret: '/sfmc/acme/client-secret',
  staged: '/sfmc/acme/client-secret-next',
  escrow: '/sfmc/acme/escrow',
};

/** A fleet with the connection "acme". */
export async function startFleetWorld(): Promise<OpsWorld> {
  const world = await startOpsWorld({ function: printingFunction });
  deployFleet(world);
  installInFleet(world);
  return world;
}

export const remove = (world: OpsWorld, ...more: string[]) =>
  world.run(['remove', 'acme', '--yes', '--json', ...more]);

/** What was changed by request, in order. */
export const changes = ({ aws }: OpsWorld) =>
  aws.calls
    .filter(({ operation }) => /^(Put|Create|Delete|Tag|Restore|Update)/.test(operation))
    .map(({ operation, names: [name] }) => `${operation} ${name}`);

/** A later token set than the secret's, as a rotation parks it. */
export function park(world: OpsWorld) {
  const before = world.stored().current();
  const tokenSet = storeToken(world, { agoMs: -1_000 });
  world.stored().put(before);
  world.stored().putParameter('escrow', JSON.stringify(tokenSet));
  return tokenSet;
}
