import { rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { rotatorBundle } from './rotatorBundle';

/** Builds what is deployed: one ECMAScript module and its source map in dist/rotator/. */
async function buildRotator(): Promise<void> {
  await rm(rotatorBundle.outdir, { recursive: true, force: true });
  await build(rotatorBundle);
}

buildRotator().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
