import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { installPackage, type PackedPackage, packPackage, root } from './packedPackage';

let packed: PackedPackage;
let installed: string;
beforeAll(() => {
  packed = packPackage();
  const project = path.join(packed.folder, 'project');
  installPackage(packed, project);
  installed = path.join(project, 'node_modules', 'sfmc-token-rotator');
});
afterAll(() => rmSync(packed.folder, { recursive: true }));

/** A tool of this repository, without colours. */
function run(tool: string, ...args: string[]) {
  const { status, stdout } = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules', tool), ...args],
    { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' } },
  );
  return { status, stdout };
}

const readPackageJson = () =>
  JSON.parse(readFileSync(path.join(installed, 'package.json'), 'utf8'));

describe('the package', () => {
  it('holds what its users need, and no sources or tests', () => {
    const { files } = packed;
    const declarations = files.filter((file) => /\.d\.[cm]?ts$/.test(file));
    const ofProgram = files.filter((file) => /^dist\/ops\/packages\/.+\.cjs$/.test(file));
    const others = files.filter((file) => ![...declarations, ...ofProgram].includes(file));
    const documents = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`)
      .sort();

    expect(others).toEqual([
      'CHANGELOG.md',
      'README.md',
      'SECURITY.md',
      'dist/dispatcher.cdx.json',
      'dist/dispatcher.licenses.txt',
      'dist/dispatcher/index.mjs',
      'dist/dispatcher/index.mjs.map',
      'dist/infra.cdx.json',
      'dist/infra.licenses.txt',
      'dist/infra/index.cjs',
      'dist/infra/index.mjs',
      'dist/ops.cdx.json',
      'dist/ops.licenses.txt',
      'dist/ops/main.cjs',
      'dist/reader/index.cjs',
      'dist/reader/index.mjs',
      'dist/reader/middy.cjs',
      'dist/reader/middy.mjs',
      'dist/reader/testing.cjs',
      'dist/reader/testing.mjs',
      'dist/rotator.cdx.json',
      'dist/rotator.licenses.txt',
      'dist/rotator/index.mjs',
      'dist/rotator/index.mjs.map',
      ...documents,
      'examples/python/sfmc_token_reader.py',
      'package.json',
    ]);
    expect(ofProgram).toContain('dist/ops/packages/@aws-sdk/client-ssm.cjs');
    expect(declarations.filter((file) => !/^dist\/(infra|reader)\//.test(file))).toEqual([]);
  });

  it('has each page that a page of it leads to, except for what belongs to the repository', () => {
    const pages = packed.files.filter((file) => file.endsWith('.md'));
    const links = pages.flatMap((page) => {
      const text = readFileSync(path.join(installed, page), 'utf8');
      return [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(([, target = '']) =>
        path.posix.join(path.posix.dirname(page), target),
      );
    });
    const ofRepository =
      /^(CONTRIBUTING\.md|docs\/watch\.png|examples\/embed|local\/README\.md|test\/model\/.*)$/;

    // Alarms and errors name the first, and it names others.
    expect(links).toEqual(expect.arrayContaining(['docs/runbook.md', 'docs/promise.md']));
    expect(
      links.filter((link) => !packed.files.includes(link) && !ofRepository.test(link)),
    ).toEqual([]);
  });

  it('has each file that its entries and its program name', () => {
    const { exports: entries, bin } = readPackageJson();
    const named = JSON.stringify([entries, bin]).match(/dist\/[^"]+/g) ?? [];

    expect(named).toHaveLength(17);
    expect(named.filter((file) => !packed.files.includes(file))).toEqual([]);
  });

  it('cannot be published by mistake', () => {
    expect(readPackageJson()).toMatchObject({ private: true });
  });

  it('asks for no other package but those that its users have already', () => {
    const { peerDependencies, peerDependenciesMeta, ...others } = readPackageJson();

    expect(others).not.toHaveProperty('dependencies');
    for (const name of [
      ...['@aws-sdk/client-secrets-manager', '@middy/core', 'aws-cdk-lib', 'constructs'],
    ]) {
      expect(peerDependencies).toHaveProperty(name);
      expect(peerDependenciesMeta[name]).toEqual({ optional: true });
    }
  });

  it('names every package that its files import', async () => {
    const { peerDependencies } = readPackageJson();
    const scripts = packed.files.filter((file) => /^dist\/(infra|reader|ops)\/.*js$/.test(file));

    const { metafile } = await build({
      absWorkingDir: installed,
      entryPoints: scripts.map((file) => ({ in: file, out: file })),
      outdir: 'out',
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      write: false,
      metafile: true,
      logLevel: 'error',
    });

    const imported = Object.values(metafile.inputs)
      .flatMap(({ imports }) => imports)
      // Besides packages, esbuild lists its own helpers as `<runtime>`.
      .filter(({ external, path: name }) => external && /^[@a-z]/.test(name) && !isBuiltin(name))
      .map(({ path: name }) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
    const named = Object.keys({ ...peerDependencies, 'sfmc-token-rotator': '' });
    expect(imported).toContain('aws-cdk-lib');
    expect(imported.filter((name) => !named.includes(name))).toEqual([]);
  });

  it('is fit for publishing, says publint', () => {
    const { status, stdout } = run('publint/src/cli.js', 'run', packed.tarball, '--strict');

    expect(stdout).toContain('All good!');
    expect(status).toBe(0);
  });

  // `node16` leaves out resolution as TypeScript did it before there was `exports`.
  it('has types that are not wrong, says attw', () => {
    const { status, stdout } = run(
      '@arethetypeswrong/cli/dist/index.js',
      ...[packed.tarball, '--profile', 'node16', '--no-definitely-typed', '--format', 'json'],
    );

    expect(status).toBe(0);
    const { analysis } = JSON.parse(stdout);
    expect(Object.keys(analysis.entrypoints).sort()).toEqual([
      './infra',
      './package.json',
      './reader',
      './reader/middy',
      './reader/testing',
    ]);
  });
});

describe('the packed reader', () => {
  it.each([
    'dist/reader/index.mjs',
    'dist/reader/index.cjs',
    'dist/reader/middy.mjs',
    'dist/reader/middy.cjs',
    'dist/reader/testing.mjs',
    'dist/reader/testing.cjs',
  ])('in %s brings no CDK, no rotator and no operator along', async (file) => {
    const { metafile } = await build({
      absWorkingDir: installed,
      entryPoints: [file],
      bundle: true,
      platform: 'node',
      external: ['@aws-sdk/*'],
      write: false,
      metafile: true,
    });

    const outside = Object.keys(metafile.inputs).filter((input) => !/^dist\/reader\//.test(input));
    expect(outside).toEqual([]);
    const text = readFileSync(path.join(installed, file), 'utf8');
    expect(text).not.toMatch(/requestToken|PutSecretValue|lambda\/(rotator|effects)|infra\//);
  });
});
