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

it.each([
  ['all of it', everything, 12_500, 5_500],
  [
    'one that reads from Secrets Manager',
    "export { createTokenReader } from './index';",
    10_500,
    4_700,
  ],
])('is small beside the SDK: %s', async (_, contents, limit, compressedLimit) => {
  const { outputFiles } = await bundle(contents, { format: 'esm', external: [sdk] });
  const [{ contents: bytes } = { contents: new Uint8Array() }] = outputFiles ?? [];

  expect(bytes.length).toBeGreaterThan(1_000);
  expect(bytes.length).toBeLessThan(limit);
  expect(gzipSync(bytes).length).toBeLessThan(compressedLimit);
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
  createTokenReader({ connection: 'acme', ...options }).get().then(
    ({ accessToken }) => console.log(accessToken),
    (error) => console.log(error.message),
  );
`;

/** Lets the SDK's client, if it is bundled, say when it is loaded. */
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

/** Runs a program whose SDK, if it is outside, is a file that says when it is loaded. */
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

it.each(bundles.filter(([, { external }]) => external))(
  'says that the SDK is missing when it is bundled as %s',
  async (_, { format = 'esm', external = [] }) => {
    const folder = temporaryFolder();
    const { outputFiles } = await bundle(program, { format, external });
    const file = path.join(folder, format === 'esm' ? 'index.mjs' : 'index.cjs');
    await writeFile(file, outputFiles?.[0]?.text ?? '');

    const { stdout } = await promisify(execFile)(process.execPath, [file]);

    expect(stdout).toMatch(
      /the AWS SDK cannot be loaded \((?:ERR_)?MODULE_NOT_FOUND\)\. Bundle or install @aws-sdk\/client-secrets-manager/,
    );
    expect(stdout).not.toContain('role');
  },
);

it('reads by the SDK when a bundler has split it off as a CommonJS module', async () => {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  new StoredConnection(aws).put(tokenSet('one', Date.now()));
  const folder = temporaryFolder();
  const requiring =
    "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);";
  const { outputFiles } = await bundle(program, {
    format: 'esm',
    splitting: true,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    mainFields: ['main'],
    banner: { js: requiring },
  });
  for (const { path: file, contents } of outputFiles ?? []) await writeFile(file, contents);

  const { stdout } = await promisify(execFile)(process.execPath, [path.join(folder, 'stdin.mjs')], {
    env: rotatorEnvironment(aws.url),
  });

  expect(outputFiles?.length).toBeGreaterThan(1);
  expect(stdout.trim()).toBe('access-one');
});
