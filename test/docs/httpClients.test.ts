import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { transformSync } from 'esbuild';
import { startAwsLocal } from '../../local/aws/server';
import { readsOf, tokenSet } from '../lambda/reader/readerWorld';
import { closeAfterTest } from '../support/closing';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { startScriptedServer } from '../support/scriptedServer';
import { StoredConnection } from '../support/storedConnection';
import { temporaryFolder } from '../support/temporaryFolder';
import { page, root } from './markdown';

function example(name: string): string {
  const { blocks } = page('docs/reading-tokens.md');
  const found = blocks.find(({ language, code }) => language === 'ts' && code.includes(name));
  return found?.code ?? '';
}

/** Runs the documented code; the REST interface takes the token `taken`, which a 401 publishes. */
async function run(code: string, calls: string, { taken = 'two' } = {}) {
  const aws = await startAwsLocal();
  closeAfterTest(() => aws.close());
  const stored = new StoredConnection(aws, 'example');
  const put = (mark: string) => stored.put(tokenSet(mark, Date.now(), { restBaseUrl: url }));
  const { url, received } = await startScriptedServer((response, { headers }) => {
    response.setHeader('content-type', 'application/json');
    if (headers.authorization === `Bearer access-${taken}`) return response.end('{"mark":"kept"}');
    put('two');
    response.writeHead(401).end('{}');
  });
  put('one');
  const cwd = temporaryFolder();
  writeFileSync(path.join(cwd, 'example.mjs'), transformSync(code, { loader: 'ts' }).code);
  mkdirSync(path.join(cwd, 'node_modules'));
  symlinkSync(root, path.join(cwd, 'node_modules', 'sfmc-token-rotator'));
  symlinkSync(path.join(root, 'node_modules', 'axios'), path.join(cwd, 'node_modules', 'axios'));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', calls],
    { cwd, env: { PATH: process.env.PATH ?? '', ...rotatorEnvironment(aws.url) } },
  );
  return { printed: JSON.parse(stdout), received, reads: readsOf(aws) };
}

describe.each([
  [
    'axios',
    'interceptors',
    `import { client } from './example.mjs';
     const call = () => client.post('/data?a=1', { mark: 1 }).then(
       ({ data }) => data.mark, ({ response }) => response.status);`,
  ],
  [
    'any other client',
    'function withToken',
    `import { withToken } from './example.mjs';
     const call = async () => {
       const response = await withToken(({ accessToken, restBaseUrl }) =>
         fetch(restBaseUrl + '/data?a=1', {
           method: 'POST',
           headers: { authorization: 'Bearer ' + accessToken },
           body: '{"mark":1}',
         }));
       return response.ok ? (await response.json()).mark : response.status;
     };`,
  ],
])('the documented hook for %s', (_, name, calls) => {
  it('reads again after a 401 and repeats the request, once', async () => {
    const { printed, received, reads } = await run(
      example(name),
      `${calls} console.log(JSON.stringify([await call(), await call()]));`,
    );

    expect(printed).toEqual(['kept', 'kept']);
    expect(received.map(({ url, body }) => [url, body])).toEqual(
      Array(3).fill(['/data?a=1', '{"mark":1}']),
    );
    expect(reads).toBe(2);
  });

  it('makes one read for many that are refused at once', async () => {
    const { printed, reads } = await run(
      example(name),
      `${calls} console.log(JSON.stringify(await Promise.all(Array.from({ length: 20 }, call))));`,
    );

    expect(printed).toEqual(Array(20).fill('kept'));
    expect(reads).toBe(2);
  });

  it('gives back a refusal that stays', async () => {
    const { printed, received } = await run(
      example(name),
      `${calls} console.log(JSON.stringify(await call()));`,
      { taken: 'none' },
    );

    expect(printed).toBe(401);
    expect(received).toHaveLength(2);
  });
});
