import { createServer } from 'node:http';
import { createTokenReader, extensionSource } from '../../../lambda/reader';
import { closeAfterTest } from '../../support/closing';
import { setEnvironment } from '../../support/environment';
import { closedPort, type Script, startScriptedServer } from '../../support/scriptedServer';
import { minuteMs } from '../../support/simulatedClock';
import { simulateNow, tokenSet } from './readerWorld';

/** An answer as the extension gives it: that of GetSecretValue. */
const secretValue = (text: string) =>
  JSON.stringify({
    ARN: 'arn:aws:secretsmanager:us-east-1:111122223333:secret:sfmc/acme-AbCdEf',
    Name: 'sfmc/acme',
    VersionId: 'version-1',
    SecretString: text,
    VersionStages: ['AWSCURRENT'],
    CreatedDate: '2026-11-24T08:00:00Z',
    ResultMetadata: {},
  });

async function prepareExtension(script: Script) {
  setEnvironment({ AWS_SESSION_TOKEN: 'session-token' });
  const { url, received } = await startScriptedServer(script);
  const port = Number(new URL(url).port);
  const reader = createTokenReader({ connection: 'acme', source: extensionSource({ port }) });
  return { port, received, reader };
}

it('asks the extension for AWSCURRENT, with the session token', async () => {
  const { received, reader } = await prepareExtension((response) =>
    response.end(secretValue(JSON.stringify(tokenSet('one', Date.now())))),
  );

  const tokens = await reader.get();
  await reader.get();

  expect(tokens.accessToken).toBe('access-one');
  expect(received).toMatchObject([
    {
      method: 'GET',
      url: '/secretsmanager/get?secretId=sfmc%2Facme&versionStage=AWSCURRENT',
      headers: { 'x-aws-parameters-secrets-token': 'session-token' },
    },
  ]);
});

it('finds the port in the environment', async () => {
  const { port } = await prepareExtension((response) => response.end(secretValue('text')));
  setEnvironment({ PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port) });

  expect(await extensionSource().read('sfmc/acme')).toBe('text');
});

it('refuses a port in the environment that is not a number of one', () => {
  setEnvironment({ PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: 'http' });

  expect(() => extensionSource()).toThrow(
    'extensionSource: PARAMETERS_SECRETS_EXTENSION_HTTP_PORT must be a number from 1 to 65535.',
  );
});

it('waits the moment that the extension needs to be ready', async () => {
  let refusals = 2;
  const { received, reader } = await prepareExtension((response) => {
    refusals -= 1;
    if (refusals >= 0) response.writeHead(400).end('not ready to serve traffic, please wait');
    else response.end(secretValue(JSON.stringify(tokenSet('one', Date.now()))));
  });

  expect((await reader.get()).accessToken).toBe('access-one');
  expect(received).toHaveLength(3);
});

it('waits as long for an extension that is not listening yet', async () => {
  const port = Number(new URL(await closedPort()).port);
  const reader = createTokenReader({ connection: 'acme', source: extensionSource({ port }) });

  const read = reader.get();
  await new Promise((resolve) => setTimeout(resolve, 60));
  const server = createServer((_, response) =>
    response.end(secretValue(JSON.stringify(tokenSet('one', Date.now())))),
  ).listen(port, '127.0.0.1');
  closeAfterTest(() => {
    server.closeAllConnections();
    server.close();
  });

  expect((await read).accessToken).toBe('access-one');
});

it.each(['before', 'during'])(
  'asks again if the connection is reset %s an answer',
  async (when) => {
    let resets = 2;
    const { received, reader } = await prepareExtension((response) => {
      resets -= 1;
      if (resets < 0) return response.end(secretValue(JSON.stringify(tokenSet('one', Date.now()))));
      if (when === 'before') return response.socket?.resetAndDestroy();
      response.writeHead(200, { 'content-length': 1_000 }).write('{', () => response.destroy());
    });

    expect((await reader.get()).accessToken).toBe('access-one');
    expect(received).toHaveLength(3);
  },
);

it('says that the extension does not serve before the first invocation', async () => {
  const { received, reader } = await prepareExtension((response) =>
    response.writeHead(400).end('not ready to serve traffic, please wait'),
  );

  await expect(reader.get()).rejects.toThrow(
    'the extension answers 400, since it is not ready. It serves from the first invocation on',
  );
  expect(received).toHaveLength(6);
});

it.each([
  [401, '', 'the extension answers 401. Check that'],
  [
    400,
    'AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/marked is not authorized',
    'the extension answers 400 (AccessDeniedException). Check that',
  ],
  [500, '<html>marked', 'the extension answers 500. Check that'],
  [200, '<html>marked', "the extension's answer holds no SecretString"],
  [200, '{"SecretBinary":"marked"}', "the extension's answer holds no SecretString"],
  [302, 'marked', 'no answer from the Parameters and Secrets extension'],
])('reports a %d and none of its text (%#)', async (status, body, problem) => {
  const { received, reader } = await prepareExtension((response) =>
    response.writeHead(status, status === 302 ? { location: '/other' } : {}).end(body),
  );

  const error = await reader.get().catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ code: 'SecretUnreadable', connection: 'acme' });
  expect(String(error)).toContain(problem);
  expect(String(error)).not.toContain('marked');
  expect(received).toHaveLength(1);
});

it('names what takes back a secret that is scheduled for deletion', async () => {
  const { received, reader } = await prepareExtension((response) =>
    response
      .writeHead(400)
      .end(
        "operation error Secrets Manager: GetSecretValue, InvalidRequestException: You can't perform " +
          'this operation on the secret because it was marked for deletion.',
      ),
  );

  await expect(reader.get()).rejects.toMatchObject({
    code: 'SecretUnreadable',
    message: expect.stringContaining('restore-secret --secret-id sfmc/acme'),
  });
  expect(received).toHaveLength(1);
});

it('says if nobody answers', async () => {
  const port = Number(new URL(await closedPort()).port);
  const reader = createTokenReader({ connection: 'acme', source: extensionSource({ port }) });

  await expect(reader.get()).rejects.toThrow(
    `no answer from the Parameters and Secrets extension on port ${port} (ECONNREFUSED). ` +
      "Check that the extension's layer is attached",
  );
});

it('leaves a valid token in memory in use while the extension fails', async () => {
  const clock = simulateNow();
  let works = true;
  const { reader } = await prepareExtension((response) => {
    if (works) response.end(secretValue(JSON.stringify(tokenSet('one', clock.now()))));
    else response.writeHead(500).end();
  });
  await reader.get();
  works = false;

  clock.advance(59 * minuteMs);

  expect((await reader.get()).accessToken).toBe('access-one');
});
