import { dispatcherBundle } from './dispatcherBundle';
import { buildFunction } from './functionBuild';
import { buildInfra } from './infraPackage';
import { buildOps } from './opsProgram';
import { buildReader } from './readerPackage';
import { rotatorBundle } from './rotatorBundle';

/** Types of the CDK take seconds to read, and what is deployed from here needs none. */
const isWholePackage = process.argv.includes('--package');

Promise.all([
  buildFunction(rotatorBundle),
  buildFunction(dispatcherBundle),
  buildReader(),
  buildOps(),
  ...(isWholePackage ? [buildInfra()] : []),
]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
