import { rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { buildOps } from './opsProgram';
import { buildReader } from './readerPackage';
import { rotatorBundle } from './rotatorBundle';

/** What is deployed: one ECMAScript module and its source map in dist/rotator/. */
async function buildRotator(): Promise<void> {
  await rm(rotatorBundle.outdir, { recursive: true, force: true });
  await build(rotatorBundle);
}

Promise.all([buildRotator(), buildReader(), buildOps()]).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
