import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { bundleBareHandler } from './bareHandlers';
import { libraries, moduleOf } from './libraries';
import type { Comparison, Measurement } from './measurement';

const root = path.join(__dirname, '..');

const sized = (name: string, bytes: number): Measurement => ({ name, values: [bytes] });
const bytesOf = (file: string) => statSync(file).size;

/** What is deployed, what a reader adds to a function, and what installing the package downloads. */
export async function measureSizes(folder: string): Promise<Comparison[]> {
  const { powertools, middy } = libraries;
  const { size, unpackedSize } = await packed();
  return [
    {
      title: 'Size of a deployed function, minified, without its source map',
      subjects: [
        sized(
          'two SDK clients, leanest bundle',
          bytesOf(await bundleBareHandler('twoClients', 'lean', folder)),
        ),
        sized('rotator', bytesOf(path.join(root, 'dist', 'rotator', 'index.mjs'))),
      ],
      of: 'bytes',
    },
    {
      title: 'Size that a reader adds to a function, minified, without the SDK client',
      subjects: [
        sized(powertools, await addedBy('powertools')),
        sized(middy, await addedBy('middy')),
        sized('sfmc-token-rotator/reader', await addedBy('reader')),
      ],
      of: 'bytes',
    },
    {
      title: 'Size of the package, which has no dependencies',
      subjects: [sized('as it is downloaded', size), sized('as it is installed', unpackedSize)],
      of: 'bytes',
    },
  ];
}

async function addedBy(library: keyof typeof libraries): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [moduleOf(library)],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['@aws-sdk/*'],
    minify: true,
    write: false,
  });
  return outputFiles.reduce((sum, { contents }) => sum + contents.byteLength, 0);
}

async function packed(): Promise<{ size: number; unpackedSize: number }> {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root });
  const [first] = JSON.parse(stdout);
  return first;
}
