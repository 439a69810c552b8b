import type { ConnectionReader, RegionReader } from './connectionReader';
import { versionsInUse } from './keyedVersions';
import { type Key, readParameterKeyId } from './keys';
import { attempt } from './reading';

/** A customer key that is not the present one, and what nobody can read without it. */
export interface EarlierKey {
  readonly key: Key;
  readonly locks: readonly string[];
}

interface Held {
  readonly what: string;
  readonly keyIds: readonly string[];
}

/** What cannot be read is left out: other checks name it. */
export async function readEarlierKeys(
  region: RegionReader,
  reader: ConnectionReader,
  present: Key,
): Promise<readonly EarlierKey[]> {
  const found = new Map<string, { readonly key: Key; readonly locks: string[] }>();
  for (const { what, keyIds } of await readHeld(region, reader)) {
    const readings = await Promise.all(keyIds.map((id) => region.key(id).reading()));
    const keys = readings.flatMap((reading) => (reading.known ? reading.value : []));
    if (keys.some(({ arn, isAwsManaged }) => isAwsManaged || arn === present.arn)) continue;
    for (const key of keys) {
      const known = found.get(key.arn) ?? { key, locks: [] };
      known.locks.push(what);
      found.set(key.arn, known);
    }
  }
  return [...found.values()];
}

async function readHeld(region: RegionReader, reader: ConnectionReader): Promise<Held[]> {
  const held: Held[] = [];
  const { clientSecret, stagedClientSecret, escrow } = reader.names;
  for (const what of [clientSecret, stagedClientSecret, escrow]) {
    const keyId =
      what === clientSecret
        ? await reader.clientSecretKeyId.reading()
        : await attempt('ssm:GetParameterHistory', () => readParameterKeyId(region.access, what));
    if (keyId.known && keyId.value !== undefined) held.push({ what, keyIds: [keyId.value] });
  }
  const versions = await reader.keyedVersions.reading();
  for (const { versionId, stages, keyIds } of versionsInUse(versions.known ? versions.value : [])) {
    const labelled = stages.length > 0 ? ` (${stages.join(', ')})` : '';
    held.push({ what: `${reader.secretId}, version ${versionId}${labelled}`, keyIds });
  }
  return held;
}
