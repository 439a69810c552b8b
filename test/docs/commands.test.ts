import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as kms from '@aws-sdk/client-kms';
import * as lambda from '@aws-sdk/client-lambda';
import * as scheduler from '@aws-sdk/client-scheduler';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as sqs from '@aws-sdk/client-sqs';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { runOps } from '../../ops/program';
import { scripts } from '../../package.json';
import { column, pages, root } from './markdown';

interface Command {
  readonly file: string;
  readonly words: readonly string[];
}

/** What begins with one of these is typed, wherever it is written. */
const typed = /^(npm (run|start|test)|npx) /;

/** Of a block's lines: continued ones joined, comments and what is around pipes taken apart. */
function commandsIn(code: string): string[] {
  return code
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => line.replace(/(^|\s)#.*$/, '').split(/&&|\||;/))
    .map((command) => command.trim())
    .filter((command) => command !== '');
}

const commands: readonly Command[] = pages.flatMap(({ path: file, blocks, spans }) => {
  const inBlocks = blocks
    .filter(({ language }) => language === 'bash')
    .flatMap(({ code }) => commandsIn(code));
  const all = [...inBlocks, ...spans.filter((span) => typed.test(span)).flatMap(commandsIn)];
  return all.map((command) => ({ file, words: command.split(/\s+/) }));
});

/** Those that begin with these words, without them. */
const startingWith = (...start: readonly string[]) =>
  commands
    .filter(({ words }) => start.every((word, at) => words[at] === word))
    .map(({ file, words }) => ({ file, words: words.slice(start.length) }));

/** A word that the reader replaces. */
const isPlaceholder = (word: string) => /^[A-Z][A-Z-]*$/.test(word);

const isFlag = (word: string) => word.startsWith('--') && word !== '--';
const nameOf = (flag: string) => flag.split('=')[0] ?? flag;

async function helpOf(...command: readonly string[]): Promise<string> {
  const stdout = new PassThrough();
  const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough() };
  await runOps([...command, '--help'], { streams, env: {} });
  return String(stdout.read());
}

const flagsIn = (help: string) =>
  [...help.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag = '']) => flag);

it('the documents name only scripts that package.json has', () => {
  const named = [...startingWith('npm', 'run'), ...startingWith('npm', 'run', '--silent')]
    .map(({ file, words: [script = ''] }) => ({ file, script }))
    .filter(({ script }) => !script.startsWith('--'));

  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(({ script }) => !(script in scripts))).toEqual([]);
});

it("the documents name only commands and options that the operator's program has", async () => {
  const [, listed = ''] = (await helpOf()).split('Commands:');
  const [commandList = ''] = listed.split('\n\n');
  const known = [...commandList.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name = '']) => name);
  const flags = new Map<string, readonly string[]>();
  for (const name of known) flags.set(name, flagsIn(await helpOf(name)));
  const used = [
    ...startingWith('npm', 'run', 'ops', '--'),
    ...startingWith('npx', 'sfmc-token-rotator'),
  ].map(({ file, words }) => ({ file, words: words.filter((word) => word !== '--local') }));

  const unknown = used.filter(({ words: [command = '', ...rest] }) => {
    if (isPlaceholder(command) || command.startsWith('--')) return false;
    const its = flags.get(command);
    return !its || rest.filter(isFlag).some((flag) => !its.includes(nameOf(flag)));
  });

  const documented = column('docs/operating.md', 'command').map((row) => row.split(' ')[0]);
  expect(documented).toEqual([...known.filter((name) => name !== 'help')].sort());
  expect(flags.get('seed')).toContain('--jwt');
  expect(used.length).toBeGreaterThan(50);
  expect(unknown).toEqual([]);
});

it('the documents name only context values that the app reads, and stacks that it has', () => {
  const app = readFileSync(path.join(root, 'infra', 'deployedStacks.ts'), 'utf8');
  const settings = column('docs/configure.md', 'setting');
  const used = startingWith('npx', 'cdk').filter(({ words }) => words.length > 0);
  const stacks = used.flatMap(({ words }) => words.filter((word) => word.startsWith('Sfmc')));
  const values = used.flatMap(({ words }) =>
    words.flatMap((word, at) => (words[at - 1] === '-c' ? nameOf(word) : [])),
  );

  expect(values).toContain('fleet');
  expect(values.filter((name) => !settings.includes(name) && !isPlaceholder(name))).toEqual([]);
  expect(stacks).toContain('SfmcTokenRotatorFleet');
  expect(stacks.filter((stack) => !app.includes(`'${stack}'`))).toEqual([]);
});

/** Services whose client in the SDK is installed, by their name in the AWS CLI. */
const sdkClients: Readonly<Record<string, object>> = {
  kms,
  lambda,
  logs,
  scheduler,
  secretsmanager,
  sqs,
  ssm,
  sts,
};

const commandOf = (operation: string) =>
  `${operation.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())}Command`;

it('the documents name only operations that AWS has', () => {
  const operations = [...startingWith('aws'), ...startingWith('queue=$(aws')].filter(
    ({ words: [service = ''] }) => service in sdkClients,
  );

  expect(operations.length).toBeGreaterThan(5);
  const unknown = operations.filter(({ words: [service = '', operation = ''] }) => {
    return !(commandOf(operation) in (sdkClients[service] ?? {}));
  });
  expect(unknown).toEqual([]);
});

it('a shell can parse each block of commands', () => {
  const blocks = pages.flatMap(({ path: file, blocks: all }) =>
    all.filter(({ language }) => language === 'bash').map(({ code }) => ({ file, code })),
  );
  const wrong = blocks.filter(({ code }) => spawnSync('sh', ['-n'], { input: code }).status !== 0);

  expect(blocks.length).toBeGreaterThan(30);
  expect(wrong).toEqual([]);
});

it('the documents name only tests and programs that are there', () => {
  const tests = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file}`);
  const patterns = startingWith('npx', 'jest').flatMap(({ words: [pattern = ''] }) => pattern);
  const programs = startingWith('npx', 'tsx').flatMap(({ words: [file = ''] }) => file);

  expect(patterns).toContain('test/lambda/core');
  expect(patterns.filter((pattern) => !tests.some((file) => file.startsWith(pattern)))).toEqual([]);
  expect(programs.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
});
