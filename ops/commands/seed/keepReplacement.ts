import { RotationError } from '../../../lambda/core/errors';
import type { ListedVersion } from '../../../lambda/core/facts';
import { fingerprintOf, type HeldTokenSet, serializeEscrow } from '../../../lambda/core/held';
import { labels } from '../../../lambda/core/labels';
import { isChildOf } from '../../../lambda/core/lineage';
import { refreshTokenOf, type StoredVersion } from '../../../lambda/core/tokenSet';
import { StoreFailure } from '../../../lambda/effects/storeFailure';
import { listVersions, readVersion } from '../../../lambda/rotator/observe';
import { type Run, secretIdOf } from '../../../lambda/rotator/run';
import { heldIn } from '../../connection/parameters';
import type { Context } from '../../context';
import { operatorRun } from '../../rotator/operatorRun';
import { waitForRotation } from '../../rotator/rotation';
import type { SeedTarget } from './seedTarget';

/** Attempts at putting AWSCURRENT back, each after a look at where it stands. */
const mostAttempts = 5;
const attemptDelayMs = 1_000;
/** Waits, each for what may have begun before AWSCURRENT was put back. */
const mostWaits = 5;

/**
 * Sees to it that the chain which a person has put in another's place stays there: a rotation of the
 * old one may be under way, and store its end over it. What that leaves in the escrow is cleared,
 * and AWSCURRENT is put back on the new chain. Then another rotation may have begun with what had
 * been stored: it is waited for as well, until AWSCURRENT has stood for as long as one may take.
 */
export async function keepReplacement(
  context: Context,
  { connection }: SeedTarget,
  seeded: StoredVersion,
): Promise<void> {
  const { terminal } = context;
  const uncertain = (why: string) =>
    terminal.progress(
      `Whether the new chain is in use is not certain: ${why} See npm run ops -- recover ${connection}`,
    );
  try {
    for (let waits = 0; waits < mostWaits; waits++) {
      await waitForRotation(context, `look again by npm run ops -- recover ${connection}`);
      const run = operatorRun(context, connection);
      const family = await readFamily(run, await listVersions(run), seeded);
      await clearEscrow(context, connection, family);
      if (await holdsCurrent(context, run, seeded)) return;
    }
    uncertain('one rotation after another stores the old chain over it.');
  } catch (thrown) {
    if (!(thrown instanceof StoreFailure || thrown instanceof RotationError)) throw thrown;
    uncertain(`${thrown.message.replace(/\.$/, '')}.`);
  }
}

/** What the function has made of the new chain is newer than that, and stays. */
async function clearEscrow(
  { parameterStore, region }: Context,
  connection: string,
  family: readonly StoredVersion[],
): Promise<void> {
  const reader = region.connection(connection);
  const name = reader.names.escrow;
  const escrow = await reader.escrow.value();
  if (escrow === undefined) return;
  const tokens = new Set(family.flatMap(({ tokens }) => refreshTokenOf(tokens)?.fingerprint ?? []));
  const own: HeldTokenSet[] = [];
  const all = heldIn(escrow);
  for (const _ of all) {
    const next = all.find((held) => !own.includes(held) && tokens.has(held.parent ?? ''));
    if (next === undefined) break;
    own.push(next);
    tokens.add(fingerprintOf(next));
  }
  if (own.length === 0) await parameterStore.remove(name);
  else if (own.length < all.length) {
    await parameterStore.writeSecure(name, serializeEscrow(own), { overwrite: true });
  }
}

/** @returns whether AWSCURRENT was on the new chain; if it was not, it is put back. */
async function holdsCurrent(
  { secretStore, clock, terminal }: Context,
  run: Run,
  seeded: StoredVersion,
): Promise<boolean> {
  const secretId = secretIdOf(run);
  for (let attempts = 1; ; attempts++) {
    const listed = await listVersions(run);
    const family = await readFamily(run, listed, seeded);
    const holder = holderOf(listed, 'AWSCURRENT');
    if (family.some(({ versionId }) => versionId === holder)) return attempts === 1;
    const newest = family.at(-1) ?? seeded;
    try {
      // Put there first: a label that says more of AWSCURRENT counts on that alone.
      for (const label of [labels.open, labels.sent].filter((each) =>
        newest.stages.includes(each),
      )) {
        const from = holderOf(listed, label);
        if (from !== newest.versionId) {
          await secretStore.moveStage(secretId, label, from, newest.versionId);
        }
      }
      await secretStore.moveStage(secretId, 'AWSCURRENT', holder, newest.versionId);
      terminal.progress(
        'A rotation that was under way had stored the old chain over the new one: AWSCURRENT was put ' +
          `back on the version ${newest.versionId}.`,
      );
    } catch (thrown) {
      if (!(thrown instanceof StoreFailure) || attempts >= mostAttempts) throw thrown;
      await clock.sleep(attemptDelayMs);
    }
  }
}

const holderOf = (listed: readonly ListedVersion[], label: string) =>
  listed.find(({ stages }) => stages.includes(label))?.versionId;

/**
 * The new chain's versions, oldest first: those that follow one another from the seeded one on, and
 * the copies that Secrets Manager's own rotation makes of them.
 */
async function readFamily(
  run: Run,
  listed: readonly ListedVersion[],
  seeded: StoredVersion,
): Promise<readonly StoredVersion[]> {
  const sinceMs = listed.find(({ versionId }) => versionId === seeded.versionId)?.createdAtMs ?? 0;
  const later: StoredVersion[] = [];
  for (const { versionId, createdAtMs } of listed) {
    if (versionId === seeded.versionId || createdAtMs < sinceMs) continue;
    const version = await readVersion(run, versionId);
    if (version) later.push(version);
  }
  const family = [seeded];
  // Each round finds one at least, or all have been found.
  for (const _ of later) {
    const next = later.find(
      (version) => !family.includes(version) && family.some((known) => isNextOf(known, version)),
    );
    if (next) family.push(next);
  }
  return family;
}

function isNextOf(known: StoredVersion, { versionId, tokens, text }: StoredVersion): boolean {
  if (isChildOf(known.versionId, { versionId, text: text.reveal() })) return true;
  const token = refreshTokenOf(tokens);
  return token !== undefined && refreshTokenOf(known.tokens)?.equals(token) === true;
}
