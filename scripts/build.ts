import { rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { dispatcherBundle } from './dispatcherBundle';
import { buildOps } from './opsProgram';
import { buildReader } from './readerPackage';
import { rotatorBundle } from './rotatorBundle';

/** What is deployed: of each function one ECMAScript module and its source map. */
async function buildFunction(bundle: typeof rotatorBundle): Promise<void> {
  await rm(bundle.outdir, { recursive: true, force: true });
  await build(bundle);
}

Promise.all([
  buildFunction(rotatorBundle),
  buildFunction(dispatcherBundle),
  buildReader(),
  buildOps(),
]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
