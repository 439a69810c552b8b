import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { OpsError } from './failures/opsError';

type Env = Readonly<Record<string, string | undefined>>;

const mostNames = 10;

/**
 * Finds out early that a profile does not exist: the SDK says in the end only that there are no
 * credentials.
 *
 * @param given by --profile; else AWS_PROFILE counts, as in the AWS CLI
 * @throws OpsError `usage`
 */
export function requireProfile(given: string | undefined, env: Env): void {
  const profile = given ?? env.AWS_PROFILE;
  if (!profile) return;
  const names = profileNames(env);
  if (names.has(profile)) return;
  const more = names.size > mostNames ? ' and others' : '';
  const known =
    names.size === 0
      ? ', which has none'
      : `; there is ${[...names].slice(0, mostNames).join(', ')}${more}`;
  throw new OpsError(
    'usage',
    `There is no profile "${profile}"${given ? '' : ', which AWS_PROFILE names,'} in the ` +
      `configuration of the AWS CLI${known}.`,
  );
}

function profileNames(env: Env): ReadonlySet<string> {
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  const config = env.AWS_CONFIG_FILE ?? path.join(home, '.aws', 'config');
  const credentials = env.AWS_SHARED_CREDENTIALS_FILE ?? path.join(home, '.aws', 'credentials');
  return new Set([
    ...sections(config).flatMap(
      (section) => /^(?:profile\s+(.+)|(default))$/.exec(section)?.slice(1).find(Boolean) ?? [],
    ),
    ...sections(credentials),
  ]);
}

function sections(file: string): string[] {
  try {
    const text = readFileSync(file, 'utf8');
    return [...text.matchAll(/^\s*\[\s*([^\]]+?)\s*\]/gm)].map(([, section = '']) =>
      section.replace(/["']/g, ''),
    );
  } catch {
    return [];
  }
}
