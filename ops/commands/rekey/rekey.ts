import { defaultSecretKey, type Key } from '../../connection/keys';
import { attempt, mapConcurrent } from '../../connection/reading';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import { uninterruptible } from '../../terminal/prompts';
import { ConnectionProgress } from '../../terminal/spinner';
import { chosenConnections } from '../chosenConnections';
import { rekeyParameters } from './parameters';
import type { Left, Rekeyed, RekeyedConnection, Rekeying, RekeyResult, UnderKey } from './result';
import { rekeySecret } from './secret';

/** At a time: most of the account's rates is left to the rotator. */
const width = 5;

/**
 * Of all connections, one that cannot be carried out does not keep the others.
 *
 * @throws OpsError `usage` for a connection without a config; `unavailable` for the one that was named
 */
export async function rekey(
  context: Context,
  name: string | undefined,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<RekeyResult> {
  const progress = new ConnectionProgress(context.terminal);
  const seeThrough = seeingThrough(context);
  try {
    const names = await chosenConnections(context, name);
    progress.found(names.length);
    if (!isDryRun) {
      context.terminal.begins(
        'What was written under the present key is as it was otherwise. To go on: ' +
          `npm run ops -- ${name === undefined ? 'rekey' : `rekey ${name}`}`,
      );
    }
    const connections = await mapConcurrent(names, width, async (connection) => {
      const rekeyed = await rekeyConnection(context, connection, { isDryRun, seeThrough });
      progress.count();
      return rekeyed;
    });
    const [only] = connections;
    if (name !== undefined && only?.problem) throw new OpsError('unavailable', only.problem);
    return { isDryRun, connections };
  } finally {
    progress.stop();
  }
}

async function rekeyConnection(
  context: Context,
  connection: string,
  how: Pick<Rekeying, 'isDryRun' | 'seeThrough'>,
): Promise<RekeyedConnection> {
  const target = await attempt('kms:DescribeKey', () => presentKey(context, connection));
  if (!target.known) return { ...nothing, name: connection, key: '', problem: target.why };
  const key = target.value.arn;
  const written: UnderKey[] = [];
  const left: Left[] = [];
  for (const each of [rekeyParameters, rekeySecret]) {
    const rekeying = { context, connection, target: target.value, ...how };
    const done = await attempt('rekey', () => each(rekeying));
    if (!done.known) return { name: connection, key, written, left, problem: done.why };
    written.push(...done.value.written);
    left.push(...done.value.left);
  }
  return { name: connection, key, written, left };
}

function seeingThrough(context: Context): Rekeying['seeThrough'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const refusal = 'Not now: a client secret is being written.';
    const run = () => uninterruptible(context, refusal, work);
    const next = last.then(run, run);
    last = next;
    return next;
  };
}

const nothing: Rekeyed = { written: [], left: [] };

/**
 * The key of what is written from now on: of a fleet the one that it was deployed with; a stack gives
 * its own to each secret.
 */
async function presentKey({ region }: Context, connection: string): Promise<Key> {
  const reader = region.connection(connection);
  const [secret, keeper] = [await reader.secret.value(), await reader.keeper.value()];
  const ofFleet = keeper?.isFleet ? await region.fleet.value() : undefined;
  const keyId = keeper?.isFleet ? ofFleet?.kmsKeyArn : secret?.kmsKeyId;
  const key = await region.key(keyId ?? defaultSecretKey).value();
  if (key.state === 'Enabled') return key;
  throw new OpsError(
    'unavailable',
    `The present key ${key.arn} of "${connection}" is ${key.state}: nothing can be written under it.`,
  );
}
