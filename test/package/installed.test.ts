import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type PackedPackage, packPackage, root } from './packedPackage';

let packed: PackedPackage;
let project: string;

/** Of the environment only what a program needs: no setting of npm's that this process was given. */
const { PATH = '', HOME = '' } = process.env;
const environment = { PATH, HOME, NO_COLOR: '1', npm_config_update_notifier: 'false' };

beforeAll(() => {
  packed = packPackage();
  project = path.join(packed.folder, 'empty');
  mkdirSync(project);
  writeFileSync(path.join(project, 'package.json'), '{"name":"consumer","private":true}');
  // Offline: whatever the package asked for besides itself could not be had.
  execFileSync('npm', ['install', '--offline', packed.tarball], { cwd: project, env: environment });
});
afterAll(() => rmSync(packed.folder, { recursive: true }));

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: project,
    encoding: 'utf8',
    env: environment,
  });
  return { status, output: stdout + stderr };
}

/** Runs a program as a module of the kind. */
const runAs = (kind: 'module' | 'commonjs', code: string) =>
  run(process.execPath, `--input-type=${kind}`, '--eval', code);

const kinds = ['module', 'commonjs'] as const;
const load = (kind: 'module' | 'commonjs', names: string, from: string) =>
  kind === 'module'
    ? `import { ${names} } from '${from}';`
    : `const { ${names} } = require('${from}');`;

it('installing the package installs no other', () => {
  const installed = readdirSync(path.join(project, 'node_modules')).filter(
    (name) => !name.startsWith('.'),
  );
  const lock = JSON.parse(readFileSync(path.join(project, 'package-lock.json'), 'utf8'));

  expect(installed).toEqual(['sfmc-token-rotator']);
  expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/sfmc-token-rotator']);
});

describe.each(['pnpm', 'yarn'])('%s', (manager) => {
  const isThere = spawnSync(manager, ['--version'], { env: environment }).status === 0;
  if (!isThere) process.stderr.write(`Skipped: installing by ${manager}, which is not there.\n`);

  (isThere ? it : it.skip)('installs the package, and no other', () => {
    const folder = path.join(packed.folder, manager);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'package.json'), '{"name":"consumer","private":true}');
    const inFolder = { cwd: folder, encoding: 'utf8', env: environment } as const;

    execFileSync(manager, ['add', '--offline', packed.tarball], { ...inFolder, stdio: 'pipe' });

    const installed = readdirSync(path.join(folder, 'node_modules'));
    expect(installed.filter((name) => !name.startsWith('.'))).toEqual(['sfmc-token-rotator']);
    const program = path.join(folder, 'node_modules', '.bin', 'sfmc-token-rotator');
    expect(execFileSync(program, ['--help'], inFolder)).toContain('doctor');
    for (const kind of kinds) {
      const code = `${load(kind, 'createFakeReader', 'sfmc-token-rotator/reader/testing')}
        createFakeReader().get().then((tokens) => console.log(tokens.accessToken));`;
      const args = [`--input-type=${kind}`, '--eval', code];
      expect(execFileSync(process.execPath, args, inFolder)).toBe('fake-access-token-1\n');
    }
  });
});

describe.each(kinds)('the reader alone, as %s', (kind) => {
  it('reads from a source', () => {
    const { output } = runAs(
      kind,
      `${load(kind, 'createTokenReader', 'sfmc-token-rotator/reader')}
       const expiresAt = new Date(Date.now() + 3600000).toISOString();
       const source = { read: async () =>
         JSON.stringify({ accessToken: 'access-one', issuedAt: expiresAt, expiresAt }) };
       createTokenReader({ connection: 'acme', source }).get().then((tokens) => {
         console.log(tokens.accessToken);
       });`,
    );

    expect(output).toBe('access-one\n');
  });

  it('names the SDK if it needs it', () => {
    const { output } = runAs(
      kind,
      `${load(kind, 'createTokenReader, TokenReaderError', 'sfmc-token-rotator/reader')}
       createTokenReader({ connection: 'acme' }).get().catch((error) => {
         console.log(error instanceof TokenReaderError, error.message);
       });`,
    );

    expect(output).toContain('true Connection "acme": ');
    expect(output).toContain('Bundle or install @aws-sdk/client-secrets-manager');
  });

  it('is faked in tests, with errors of the same class', () => {
    const { output } = runAs(
      kind,
      `${load(kind, 'TokenReaderError', 'sfmc-token-rotator/reader')}
       ${load(kind, 'createFakeReader', 'sfmc-token-rotator/reader/testing')}
       const reader = createFakeReader();
       reader.fail();
       reader.get().catch((error) => {
         console.log(error instanceof TokenReaderError, error.code);
       });`,
    );

    expect(output).toBe('true SecretUnreadable\n');
  });
});

describe("the operator's program", () => {
  it('runs by npx', () => {
    const { status, output } = run('npx', '--no-install', 'sfmc-token-rotator', '--help');

    expect(output).toContain('Usage: ');
    expect(output).toContain('doctor');
    expect(status).toBe(0);
  });

  it.each(['list', 'status', 'seed'])('loads all that %s needs', (command) => {
    const program = path.join(project, 'node_modules', '.bin', 'sfmc-token-rotator');
    const { status, output } = run(program, command, '--help');

    expect(output).toContain(command);
    expect(status).toBe(0);
  });
});

describe.each([
  ['node16', 'node16', ['consumer.mts', 'consumer.cts']],
  ['esnext', 'bundler', ['consumer.ts']],
])('TypeScript with module %s and moduleResolution %s, in %j', (module, resolution, files) => {
  beforeAll(() => {
    const types = path.join(project, 'node_modules', '@types');
    mkdirSync(types, { recursive: true });
    for (const name of ['node', '../undici-types']) {
      const target = path.join(root, 'node_modules', '@types', name);
      try {
        symlinkSync(target, path.join(types, name));
      } catch (error) {
        if ((error as { code?: string }).code !== 'EEXIST') throw error;
      }
    }
  });

  it('has the types of all the reader, without the SDK and without middy', () => {
    const code = `
      import { createTokenReader, extensionSource, secretsManagerSource, soapAuthHeader,
        TokenReaderError, type TokenReader, type Tokens } from 'sfmc-token-rotator/reader';
      import { createFakeReader, type FakeReader } from 'sfmc-token-rotator/reader/testing';
      const fake: FakeReader = createFakeReader({ answer: (request) => Response.json(request.url) });
      const reader: TokenReader = fake;
      export const tokens: Promise<Tokens> = reader.get({ fresh: true });
      export const one = createTokenReader({ connection: 'acme', source: extensionSource() });
      export const two = secretsManagerSource({ client: { send: async () => ({}) } });
      export const header: string = soapAuthHeader({ legacyToken: 'legacy-one' });
      export const isOurs = (error: unknown) => error instanceof TokenReaderError && error.code;
      // @ts-expect-error no such option
      createTokenReader({ connection: 'acme', maxAge: 5 });
    `;
    for (const file of files) writeFileSync(path.join(project, file), code);

    const { status, output } = run(
      process.execPath,
      path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'),
      ...['--noEmit', '--strict', '--target', 'es2023', '--types', 'node', '--ignoreConfig'],
      ...[
        '--skipLibCheck',
        'false',
        '--module',
        module,
        '--moduleResolution',
        resolution,
        ...files,
      ],
    );

    expect(output).toBe('');
    expect(status).toBe(0);
  });
});
