import { inspect } from 'node:util';
import {
  connectParameterStore,
  createParameterStore,
} from '../../../lambda/effects/parameterStore';
import { connectSecretStore, createSecretStore } from '../../../lambda/effects/secretStore';
import { type StoreFailure, storeFailure } from '../../../lambda/effects/storeFailure';
import { connectClients } from '../../support/awsClients';
import { rotatorEnvironment } from '../../support/rotatorEnvironment';
import { closedPort, type Script, startScriptedServer } from '../../support/scriptedServer';

/** An error as both services send it. */
const refusal =
  (name: string, message = 'As AWS words it.', status = 400): Script =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type: name, message }));
  };

const failureOf = (call: Promise<unknown>): Promise<StoreFailure> =>
  call.then(
    () => Promise.reject(new Error('the call did not fail')),
    (failure) => failure,
  );

/** What a call fails with: the same by the SDK's clients and by the function's own calls. */
async function failureOfBoth<Store>(
  ownStore: Store,
  sdkStore: Store,
  call: (store: Store) => Promise<unknown>,
): Promise<StoreFailure> {
  const own = await failureOf(call(ownStore));
  const sdk = await failureOf(call(sdkStore));
  expect(own).toMatchObject({ name: 'StoreFailure', kind: sdk.kind, message: sdk.message });
  return own;
}

function readSecret(endpoint: string): Promise<StoreFailure> {
  const own = connectSecretStore(rotatorEnvironment(endpoint));
  const sdk = createSecretStore(connectClients(endpoint).secretsManager);
  return failureOfBoth(own, sdk, (store) => store.readVersion('sfmc/acme', 'version'));
}

const parameterStores = (endpoint: string) =>
  [
    connectParameterStore(rotatorEnvironment(endpoint)),
    createParameterStore(connectClients(endpoint).ssm),
  ] as const;

describe('the kind of failure that an error of AWS becomes', () => {
  it.each([
    ['ResourceNotFoundException', 'missing'],
    ['ParameterNotFound', 'missing'],
    ['ParameterAlreadyExists', 'exists'],
    ['RequestTimeTooSkewed', 'clock'],
    ['RequestExpired', 'clock'],
    ['RequestInTheFuture', 'clock'],
    ['AccessDeniedException', 'denied'],
    ['AccessDenied', 'denied'],
    ['EncryptionFailure', 'denied'],
    ['DecryptionFailure', 'denied'],
    ['InvalidKeyId', 'denied'],
    ['UnrecognizedClientException', 'denied'],
    ['InvalidSignatureException', 'denied'],
    ['ExpiredTokenException', 'denied'],
    ['InvalidParameterException', 'notRetryable'],
    ['InvalidRequestException', 'notRetryable'],
    ['LimitExceededException', 'notRetryable'],
    ['ResourceExistsException', 'notRetryable'],
    ['ValidationException', 'notRetryable'],
    ['ParameterLimitExceeded', 'notRetryable'],
    ['CredentialsProviderError', 'notRetryable'],
    ['ThrottlingException', 'transient'],
    ['InternalServiceError', 'transient'],
    ['InternalServerError', 'transient'],
    ['ServiceUnavailableException', 'transient'],
    ['TooManyUpdates', 'transient'],
    ['ANameNotSeenBefore', 'transient'],
  ])('%s: %s', async (name, kind) => {
    const { url } = await startScriptedServer(refusal(name));

    const failure = await readSecret(url);

    expect(failure.kind).toBe(kind);
    expect(failure.message).toContain(
      `Secrets Manager: GetSecretValue of sfmc/acme failed with ${name}`,
    );
  });

  it.each([
    ['InvalidSignatureException', 'Signature expired: 20261124T080000Z is now earlier than …'],
    ['InvalidSignatureException', 'Signature not yet current: 20261124T090000Z is still later …'],
    ['InvalidSignatureException', 'signature has expired'],
    ['AccessDeniedException', 'Signature expired: 20261124T080000Z is now earlier than …'],
  ])('%s that says %j: clock, and not the rights of the role', async (name, message) => {
    const { url } = await startScriptedServer(refusal(name, message));

    const failure = await readSecret(url);

    expect(failure).toMatchObject({
      kind: 'clock',
      message: `Secrets Manager: GetSecretValue of sfmc/acme failed with ${name}`,
    });
  });

  it.each([
    "You can't perform this operation on the secret because it was marked for deletion.",
    'You tried to perform the operation on a secret that is currently marked for deletion.',
    "You tried to perform the operation on a secret that's currently marked deleted.",
    "You can't perform this operation on the secret because it was deleted.",
  ])('InvalidRequestException that says %j: deleted', async (message) => {
    const { url } = await startScriptedServer(refusal('InvalidRequestException', message));

    const failure = await readSecret(url);

    expect(failure).toMatchObject({
      kind: 'deleted',
      message:
        'Secrets Manager: GetSecretValue of sfmc/acme failed with InvalidRequestException: ' +
        'it is scheduled for deletion',
    });
  });

  it('another name that says so is no deletion', async () => {
    const message = 'it was marked for deletion';
    const { url } = await startScriptedServer(refusal('InvalidParameterException', message));

    expect((await readSecret(url)).kind).toBe('notRetryable');
  });

  it('a connection that ends without an answer: transient, by its code', async () => {
    const { url } = await startScriptedServer((response) => response.destroy());

    const failure = await readSecret(url);

    expect(failure).toMatchObject({
      kind: 'transient',
      message: 'Secrets Manager: GetSecretValue of sfmc/acme failed with ECONNRESET',
    });
  });

  it('a connection that is refused: transient, by its code', async () => {
    const failure = await readSecret(await closedPort());

    expect(failure).toMatchObject({
      kind: 'transient',
      message: expect.stringMatching(/failed with ECONNREFUSED$/),
    });
  });

  it('an answer that is no JSON: transient', async () => {
    const { url } = await startScriptedServer((response) => {
      response.writeHead(503).end('<html>Service Unavailable</html>');
    });

    const failure = await readSecret(url);

    expect(failure.kind).toBe('transient');
    expect(failure.message).not.toContain('html');
  });

  it('something thrown that is no error: transient', () => {
    const failure = storeFailure('Parameter Store', 'GetParameters', '/sfmc/acme/config', 'why');

    expect(failure).toMatchObject({
      kind: 'transient',
      message: 'Parameter Store: GetParameters of /sfmc/acme/config failed with an unknown error',
    });
  });
});

describe('what a failure says', () => {
  it('repeats why access was denied, since that names caller, action and resource', async () => {
    const why = 'User: arn:aws:sts::123456789012:assumed-role/r is not authorized to perform: x';
    const { url } = await startScriptedServer(refusal('AccessDeniedException', why));

    const failure = await readSecret(url);

    expect(failure.message).toMatch(/failed with AccessDeniedException: User: arn:aws:sts::.*: x$/);
  });

  it('names a code of Node.js, and nothing that only looks like one', () => {
    const named = (members: object) =>
      storeFailure('Parameter Store', 'GetParameters', '/n', Object.assign(new Error('x'), members))
        .message;

    expect(named({ code: 'ECONNRESET' })).toMatch(/failed with ECONNRESET$/);
    for (const code of ['canary', 'EX', 'A'.repeat(41), 'E CONN', 4711]) {
      expect(named({ code, name: 'TheName' })).toMatch(/failed with TheName$/);
    }
    for (const name of ['canary token', 'a'.repeat(61), '', 'N4711']) {
      expect(named({ name })).toMatch(/failed with an unknown error$/);
    }
  });

  it('says of a refusal without words no more than its name', async () => {
    const { url } = await startScriptedServer(refusal('AccessDeniedException', ''));

    expect((await readSecret(url)).message).not.toMatch(/: $/);
  });

  it('never holds a value that a validation message repeats', async () => {
    const { url } = await startScriptedServer((response, { body }) => {
      const { Value } = JSON.parse(body);
      const echo = `1 validation error detected: Value '${Value}' at 'value' failed to satisfy`;
      refusal('ValidationException', echo)(response, { body } as never);
    });

    const failure = await failureOfBoth(...parameterStores(url), (store) =>
      store.writeSecure('/n', 'canary-token', { overwrite: true }),
    );

    expect(failure.message).toMatch(/failed with ValidationException$/);
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('canary');
  });

  it('never holds a token set that a refusal repeats', async () => {
    const { url } = await startScriptedServer((response, { body }) => {
      const { Value } = JSON.parse(body);
      refusal('AccessDeniedException', `not authorized to write ${Value}`)(response, {} as never);
    });

    const failure = await failureOfBoth(...parameterStores(url), (store) =>
      store.writeSecure('/n', '{"refreshToken":"canary-token"}', { overwrite: true }),
    );

    expect(failure.message).toMatch(/failed with AccessDeniedException$/);
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('canary');
  });

  it('never holds the canonical string of a bad signature, which quotes the session token', async () => {
    const canonical =
      "The Canonical String for this request should have been 'POST / canary-token'";
    const { url } = await startScriptedServer(refusal('InvalidSignatureException', canonical));

    const failure = await readSecret(url);

    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('canary');
  });

  it('never holds an answer that cannot be read', async () => {
    const { url } = await startScriptedServer((response) => {
      response.end('{"Parameters":[{"Value":"canary-token"');
    });

    const failure = await failureOfBoth(...parameterStores(url), (store) => store.read(['/n']));

    expect(failure.kind).toBe('transient');
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('canary');
  });
});
