import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { ConfigurationError } from './configurationError';

const dist = join(__dirname, '..', 'dist');

/**
 * A function as `npm run build` leaves it.
 *
 * @throws ConfigurationError where it is not built yet.
 */
export function builtCode(name: 'rotator' | 'dispatcher', folder = join(dist, name)): Code {
  if (!existsSync(folder)) {
    throw new ConfigurationError(`dist/${name} is missing: run "npm run build" first.`);
  }
  return Code.fromAsset(folder);
}
