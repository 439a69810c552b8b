import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { ConfigurationError } from './configurationError';

/** Asked for by the package's own name, since this file is in `infra/` or bundled in `dist/`. */
const dist = join(dirname(require.resolve('sfmc-token-rotator/package.json')), 'dist');

/**
 * A function as `npm run build` leaves it, and as the package brings it.
 *
 * @throws ConfigurationError if it is not built yet.
 */
export function builtCode(name: 'rotator' | 'dispatcher', folder = join(dist, name)): Code {
  if (!existsSync(folder)) {
    throw new ConfigurationError(`dist/${name} is missing: run "npm run build" first.`);
  }
  return Code.fromAsset(folder);
}
