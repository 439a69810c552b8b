import { defaultParameterKey, readParameterKeyId } from '../../connection/keys';
import type { Context } from '../../context';
import type { Left, Rekeyed, Rekeying, UnderKey } from './result';

/**
 * Client secrets that are under a customer key which is not the present one. What is under AWS's own
 * key stays there: nothing takes that key away.
 *
 * The escrow is the rotator's, and under AWS's own key. If somebody has put it under another one,
 * it may be emptied or hold something newer at any moment: a rotation takes out what it holds.
 */
export async function rekeyParameters(rekeying: Rekeying): Promise<Rekeyed> {
  const { context, connection, target, isDryRun, seeThrough } = rekeying;
  const { clientSecret, stagedClientSecret, escrow } = context.region.connection(connection).names;
  const written: UnderKey[] = [];
  const left: Left[] = [];
  for (const what of [clientSecret, stagedClientSecret]) {
    const former = await formerKey(rekeying, what);
    if (former === undefined) continue;
    const keyId = target.isAwsManaged ? defaultParameterKey : target.arn;
    if (!isDryRun) await seeThrough(() => writeAnew(context, what, keyId));
    written.push({ what, keys: [former] });
  }
  const ofEscrow = await formerKey(rekeying, escrow);
  if (ofEscrow !== undefined) {
    const until = `a rotation empties it: npm run ops -- rotate ${connection}`;
    left.push({ what: escrow, keys: [ofEscrow], until });
  }
  return { written, left };
}

/** The customer key of a parameter if it is not the present one. */
async function formerKey(
  { context, target }: Rekeying,
  parameter: string,
): Promise<string | undefined> {
  const keyId = await readParameterKeyId(context, parameter);
  if (keyId === undefined) return undefined;
  const { arn, isAwsManaged } = await context.region.key(keyId).value();
  return isAwsManaged || arn === target.arn ? undefined : arn;
}

/**
 * Writes a parameter's value once more. Parameter Store writes on no condition, so whether somebody
 * else has written meanwhile is looked at afterwards: then theirs, which is newer, is put back, until
 * nobody has come between.
 */
async function writeAnew(
  { parameterStore }: Pick<Context, 'parameterStore'>,
  name: string,
  keyId: string,
): Promise<void> {
  const readValue = async (id: string) => (await parameterStore.read([id])).get(name)?.value;
  let value = await readValue(name);
  let own: { readonly version: number; readonly value: string } | undefined;
  while (value !== undefined) {
    const version = await parameterStore.writeSecure(name, value, { overwrite: true, keyId });
    if (version === 1) {
      // It was deleted meanwhile, and has to stay so.
      await parameterStore.remove(name);
      return;
    }
    const before = await readValue(`${name}:${version - 1}`);
    if (before === value || (before === own?.value && version - 1 === own?.version)) return;
    own = { version, value };
    value = before;
  }
}
