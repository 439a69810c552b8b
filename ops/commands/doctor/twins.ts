import type { ConnectionConfig } from '../../../lambda/core/connection';
import type { ListedVersion } from '../../../lambda/core/facts';
import { parseStoredTokens, refreshTokenOf } from '../../../lambda/core/tokenSet';
import { StoreFailure } from '../../../lambda/effects/storeFailure';
import { mapConcurrent } from '../../connection/concurrency';
import { attempt, type Reading } from '../../connection/reading';
import { findConnections } from '../../connection/registry';
import { secretName } from '../../connection/secret';
import type { Context } from '../../context';
import { type Finding, fail, ok, ops, skip } from './check';

/** Refresh tokens of a connection, by fingerprint. */
export interface Holder {
  readonly name: string;
  readonly fingerprints: Reading<ReadonlySet<string>>;
}

/**
 * The refresh tokens in the versions that have a label, the one before the present one among them:
 * of two connections that one login was seeded into, the one may be a rotation ahead.
 */
export async function readFingerprints(
  context: Context,
  name: string,
  versions: readonly ListedVersion[],
): Promise<ReadonlySet<string>> {
  const secretId = secretName(context, name);
  const found = new Set<string>();
  for (const { versionId, stages } of versions) {
    if (stages.length === 0) continue;
    try {
      const { text } = await context.secretStore.readVersion(secretId, versionId);
      const tokens = parseStoredTokens(text);
      const token = tokens.ok ? refreshTokenOf(tokens.value) : undefined;
      if (token) found.add(token.fingerprint);
    } catch (thrown) {
      // A pending version may have no value yet.
      if (!(thrown instanceof StoreFailure && thrown.kind === 'missing')) throw thrown;
    }
  }
  return found;
}

/** Pages of the registry, and connections of one package, that are looked at for the sake of one. */
const mostPages = 5;
const mostOthers = 20;
const width = 5;

/** Other connections of the same package: its refresh tokens are of no use to any other. */
export async function otherHolders(
  context: Context,
  name: string,
  config: ConnectionConfig | undefined,
): Promise<readonly Holder[]> {
  if (config === undefined) return [];
  const found = await attempt('ssm:GetParametersByPath', () => findConnections(context, mostPages));
  const others = (found.known ? found.value : []).filter(
    (other) => other.name !== name && other.config?.clientId === config.clientId,
  );
  return mapConcurrent(others.slice(0, mostOthers), width, async (other) => ({
    name: other.name,
    fingerprints: await attempt('secretsmanager:GetSecretValue', async () => {
      const listed = await context.region.connection(other.name).versions.value();
      return readFingerprints(context, other.name, listed);
    }),
  }));
}

/** Finds, for each connection, the others that have one of its refresh tokens. */
export function twinFindings(all: readonly Holder[]): (holder: Holder) => Finding {
  const holdersOf = new Map<string, Set<string>>();
  for (const { name, fingerprints } of all) {
    for (const fingerprint of fingerprints.known ? fingerprints.value : []) {
      const holders = holdersOf.get(fingerprint) ?? new Set();
      holdersOf.set(fingerprint, holders.add(name));
    }
  }
  return ({ name, fingerprints }) => {
    if (!fingerprints.known) return skip('Its versions could not be read.');
    const names = new Set(
      [...fingerprints.value].flatMap((each) => [...(holdersOf.get(each) ?? [])]),
    );
    names.delete(name);
    return twinFinding(name, [...names]);
  };
}

function twinFinding(name: string, [twin, ...more]: readonly string[]): Finding {
  if (twin === undefined) return ok('no other connection that was looked at has its refresh token');
  const names = [name, twin, ...more].map((each) => `"${each}"`).join(' and ');
  return fail(
    `${names} have one and the same refresh token: one login was seeded into each. It works once, so ` +
      'that each rotation of the one breaks the chain of the other.',
    `Keep one of them. For the other, log in again, then: ${ops(`seed ${twin} --replace --jwt`)}`,
  );
}
