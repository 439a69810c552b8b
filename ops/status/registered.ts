import type { StoredParameters } from '../connection/parameters';
import { byName, registryPages } from '../connection/registry';
import type { Context } from '../context';
import type { Looked } from './observe';

/**
 * Every connection that has a config, by name, with what Parameter Store holds of it: by the pages
 * of the registry, of which there are fewer than connections, instead of a call for each.
 *
 * @param onFound called with how many there are so far
 */
export async function registeredConnections(
  context: Context,
  onFound: (count: number) => void,
): Promise<Required<Looked>[]> {
  const found = new Map<string, StoredParameters>();
  for await (const page of registryPages(context)) {
    for (const { connection, leaf, type, value } of page) {
      const stored = found.get(connection) ?? nothing;
      const more: Readonly<Record<string, Partial<StoredParameters>>> = {
        config: { config: value },
        'client-secret': { clientSecretType: type },
        'client-secret-next': { stagedSecretType: type },
        escrow: { hasEscrow: true },
      };
      found.set(connection, { ...stored, ...more[leaf] });
    }
    onFound(found.size);
  }
  return [...found]
    .filter(([, { config }]) => config !== undefined)
    .map(([name, parameters]) => ({ name, parameters }))
    .sort(byName);
}

const nothing: StoredParameters = {
  config: undefined,
  clientSecretType: undefined,
  stagedSecretType: undefined,
  hasEscrow: false,
};
