import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { startAwsLocal } from '../../../local/aws/server';
import { closeAfterTest } from '../../support/closing';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { startScriptedServer } from '../../support/scriptedServer';
import { StoredConnection } from '../../support/storedConnection';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tokenSet } from './readerWorld';

// A process of its own takes its time to start on a busy machine.
jest.setTimeout(60_000);

const root = path.join(__dirname, '..', '..', '..');
const reader = path.join(root, 'lambda', 'reader');
const sdk = '@aws-sdk/client-secrets-manager';

function bundle(contents: string, options: BuildOptions) {
  return build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: reader, loader: 'ts' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    minify: true,
    metafile: true,
    write: false,
    logLevel: 'silent',
    ...options,
  });
}

const everything = "export * from './index';";

it('is small beside the SDK: less than 10 KB, less than 4.5 KB compressed', async () => {
  const { outputFiles } = await bundle(everything, { format: 'esm', external: [sdk] });
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles ?? [];

  expect(contents.length).toBeGreaterThan(1_000);
  expect(contents.length).toBeLessThan(10_000);
  expect(gzipSync(contents).length).toBeLessThan(4_500);
});

it('brings in nothing but its own files and the rules on names and hosts', async () => {
  const { metafile } = await bundle(everything, { format: 'esm', external: [sdk] });

  const inputs = Object.keys(metafile?.inputs ?? {}).filter((name) => name !== '<stdin>');
  expect(inputs.length).toBeGreaterThan(5);
  expect(inputs.filter((name) => !name.startsWith('lambda/reader/'))).toEqual([
    'lambda/core/names.ts',
    'lambda/core/hosts.ts',
  ]);
  const imports = Object.values(metafile?.outputs ?? {}).flatMap((output) => output.imports);
  expect(imports).toEqual([{ path: sdk, kind: 'dynamic-import', external: true }]);
});

/** Reads by the source that the environment names. */
const program = `
  import { createTokenReader, extensionSource } from './index';
  const port = Number(process.env.EXTENSION_PORT);
  const options = port ? { source: extensionSource({ port }) } : {};
  createTokenReader({ connection: 'acme', ...options }).get().then(({ accessToken }) => {
    console.log(accessToken);
  });
`;

/** Lets the SDK's client, where it is bundled, say when it is loaded. */
const announceSdk: Plugin = {
  name: 'announce-sdk',
  setup({ onLoad }) {
    onLoad({ filter: /client-secrets-manager\/dist-\w+\/index\.js$/ }, async ({ path: file }) => ({
      contents: `${await readFile(file, 'utf8')};console.log('SDK loaded');`,
    }));
  },
};

const bundles: [string, BuildOptions][] = [
  ['ECMAScript module, SDK outside', { format: 'esm', external: [sdk] }],
  ['CommonJS, SDK outside', { format: 'cjs', external: [sdk] }],
  ['CommonJS, SDK inside', { format: 'cjs', plugins: [announceSdk] }],
];

/** Runs a program whose SDK, where it is outside, is a file that says when it is loaded. */
async function runBundled(options: BuildOptions, environment: Record<string, string>) {
  const folder = temporaryFolder();
  const { outputFiles, metafile } = await bundle(program, { ...options, minify: false });
  const file = path.join(folder, options.format === 'esm' ? 'index.mjs' : 'index.cjs');
  let code = outputFiles?.[0]?.text ?? '';
  if (options.external) {
    code = code.replaceAll(`"${sdk}"`, JSON.stringify(await announcedSdk(folder)));
  }
  await writeFile(file, code);
  const { stdout } = await promisify(execFile)(process.execPath, [file], {
    env: { ...rotatorEnvironment('http://127.0.0.1:9'), ...environment },
  });
  const inputs = Object.keys(metafile?.inputs ?? {});
  const bundledSdk = inputs.some((name) => name.includes('/@aws-sdk/'));
  return { lines: stdout.trim().split('\n'), bundledSdk };
}

async function announcedSdk(folder: string): Promise<string> {
  const file = path.join(folder, 'sdk.mjs');
  const real = pathToFileURL(require.resolve(sdk)).href;
  await writeFile(file, `console.log('SDK loaded'); export * from '${real}';`);
  return pathToFileURL(file).href;
}

it.each(bundles)('reads by the SDK when it is bundled as %s', async (_, options) => {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  new StoredConnection(aws).put(tokenSet('one', Date.now()));

  const { lines } = await runBundled(options, { AWS_ENDPOINT_URL: aws.url });

  expect(lines).toEqual(['SDK loaded', 'access-one']);
});

it.each(bundles)('loads no SDK for the extension when it is bundled as %s', async (_, options) => {
  const SecretString = JSON.stringify(tokenSet('one', Date.now()));
  const { url } = await startScriptedServer((response) =>
    response.end(JSON.stringify({ SecretString })),
  );

  const { lines, bundledSdk } = await runBundled(options, { EXTENSION_PORT: new URL(url).port });

  expect(lines).toEqual(['access-one']);
  expect(bundledSdk).toBe(options.external === undefined);
});
