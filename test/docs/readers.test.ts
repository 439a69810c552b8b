import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { transformSync } from 'esbuild';
import { startAwsLocal } from '../../local/aws/server';
import { readsOf, tokenSet } from '../lambda/reader/readerWorld';
import { closeAfterTest } from '../support/closing';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { type Script, startScriptedServer } from '../support/scriptedServer';
import { StoredConnection } from '../support/storedConnection';
import { temporaryFolder } from '../support/temporaryFolder';
import { page, root } from './markdown';

/** The code in a language that has what calls Marketing Cloud without the reader. */
function example(language: string, name: string): string {
  const { blocks } = page('docs/reading-tokens.md');
  const found = blocks.find(({ language: its, code }) => its === language && code.includes(name));
  return found?.code ?? '';
}

interface Language {
  readonly file: string;
  readonly code: string;
  readonly command: string;
  /** Calls Marketing Cloud twice and prints the second answer's `mark`. */
  readonly args: readonly string[];
}

const typeScript: Language = {
  file: 'example.mjs',
  code: transformSync(example('ts', 'callMarketingCloud'), { loader: 'ts' }).code,
  command: process.execPath,
  args: [
    ...['--input-type=module', '--eval'],
    `import { callMarketingCloud } from './example.mjs';
     await callMarketingCloud('/data?a=1');
     console.log((await (await callMarketingCloud('/data?a=1')).json()).mark);`,
  ],
};

const python: Language = {
  file: 'sfmc_token_reader.py',
  code: readFileSync(path.join(root, 'examples', 'python', 'sfmc_token_reader.py'), 'utf8'),
  command: 'python3',
  args: [
    '-c',
    `${example('python', 'marketing_cloud')}
marketing_cloud.get_json("/data?a=1")
print(marketing_cloud.get_json("/data?a=1")["mark"])`,
  ],
};

/** Runs the example; the REST interface takes the token "two", which the first 401 publishes. */
async function run({ file, code, command, args }: Language, answer: Script) {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  const stored = new StoredConnection(aws, 'example');
  const { url, received } = await startScriptedServer((response, request) => {
    if (request.headers.authorization === 'Bearer access-two') return answer(response, request);
    stored.put(tokenSet('two', Date.now(), { restBaseUrl: url }));
    response.writeHead(401).end();
  });
  stored.put(tokenSet('one', Date.now(), { restBaseUrl: url }));
  const cwd = temporaryFolder();
  writeFileSync(path.join(cwd, file), code);
  mkdirSync(path.join(cwd, 'node_modules'));
  const sdk = path.join('node_modules', '@aws-sdk');
  symlinkSync(path.join(root, sdk), path.join(cwd, sdk));
  const { PATH = '' } = process.env;
  const env = { PATH, ...rotatorEnvironment(aws.url), AWS_DEFAULT_REGION: 'us-east-1' };
  const { stdout } = await promisify(execFile)(command, args, { cwd, env });
  return { printed: stdout.trim(), received, reads: readsOf(aws) };
}

function describeExample(name: string, language: Language): void {
  describe(name, () => {
    it('reads again after a 401, and not while the token is valid', async () => {
      const { printed, received, reads } = await run(language, (response) =>
        response.end('{"mark":"kept"}'),
      );

      expect(printed).toBe('kept');
      expect(received.map(({ url }) => url)).toEqual(Array(3).fill('/data?a=1'));
      expect(reads).toBe(2);
    });

    it('leaves the token behind if a redirect leads to another host', async () => {
      const other = await startScriptedServer((response) => response.end('{"mark":"other"}'));

      const { printed } = await run(language, (response) =>
        response.writeHead(302, { location: `${other.url}/elsewhere` }).end(),
      );

      expect(printed).toBe('other');
      expect(other.received.map(({ headers }) => headers.authorization)).toEqual([
        undefined,
        undefined,
      ]);
    });
  });
}

describeExample('the documented function with nothing but the SDK', typeScript);

if (spawnSync('python3', ['-c', 'import boto3']).status === 0) {
  describeExample('the documented module in Python', python);
} else {
  process.stderr.write('Skipped: the documented module in Python. python3 has no boto3.\n');
  it.skip('is not tested: python3 has no boto3', () => {});
}
