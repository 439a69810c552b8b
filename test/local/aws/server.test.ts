import { Agent, request } from 'node:http';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { Fault } from '../../../local/aws/faults';
import { type AwsLocal, type AwsLocalOptions, startAwsLocal } from '../../../local/aws/server';

const TOKEN_1 = '11111111-1111-4111-8111-111111111111';
const TOKEN_2 = '22222222-2222-4222-8222-222222222222';
const NOW_MS = Date.UTC(2026, 10, 24, 8);
const SIGNED = 'AWS4-HMAC-SHA256 Credential=AKIALOCAL/20261124/eu-central-1/ssm/aws4_request';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function prepare(options: AwsLocalOptions = {}) {
  const aws = await startAwsLocal({ now: () => NOW_MS, ...options });
  const settings = {
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIALOCAL', secretAccessKey: 'any' },
    maxAttempts: 1,
  };
  const secrets = new SecretsManagerClient(settings);
  const parameters = new SSMClient(settings);
  opened.push(aws, { close: () => secrets.destroy() }, { close: () => parameters.destroy() });
  return { aws, secrets, parameters };
}

/** With a secret of one version, made without a call. */
async function prepareWithSecret(options: AwsLocalOptions = {}) {
  const prepared = await prepare(options);
  const { ARN: arn } = prepared.aws.secretsManager.createSecret(
    { Name: 'sfmc/acme', ClientRequestToken: TOKEN_1, SecretString: 'canary-1' },
    'eu-central-1',
  );
  const put = () =>
    prepared.secrets.send(
      new PutSecretValueCommand({
        SecretId: 'sfmc/acme',
        ClientRequestToken: TOKEN_2,
        SecretString: 'canary-2',
      }),
    );
  const get = () => prepared.secrets.send(new GetSecretValueCommand({ SecretId: 'sfmc/acme' }));
  const current = () => prepared.aws.secretsManager.getSecretValue({ SecretId: 'sfmc/acme' });
  return { ...prepared, arn, put, get, current };
}

/** A request as no SDK would send it. */
function post(
  { url }: AwsLocal,
  headers: Record<string, string>,
  body = '{}',
  { agent = new Agent(), method = 'POST' } = {},
): Promise<{ status: number | undefined; body: string; reused: boolean }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk) => {
          text += chunk;
        })
        .on('end', () =>
          resolve({ status: response.statusCode, body: text, reused: sent.reusedSocket }),
        );
    });
    sent.on('error', reject).end(body);
  });
}

describe('Secrets Manager, to its SDK client', () => {
  it('creates, puts, moves, lists and reads', async () => {
    const { secrets } = await prepare();
    const SecretId = 'sfmc/acme';

    const created = await secrets.send(
      new CreateSecretCommand({ Name: SecretId, SecretString: 'one', ClientRequestToken: TOKEN_1 }),
    );
    await secrets.send(
      new PutSecretValueCommand({
        SecretId,
        SecretString: 'two',
        ClientRequestToken: TOKEN_2,
        VersionStages: ['AWSPENDING'],
      }),
    );
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: TOKEN_2,
        RemoveFromVersionId: TOKEN_1,
      }),
    );
    const listed = await secrets.send(new ListSecretVersionIdsCommand({ SecretId }));
    const value = await secrets.send(new GetSecretValueCommand({ SecretId }));

    expect(created.ARN).toMatch(
      /^arn:aws:secretsmanager:eu-central-1:123456789012:secret:sfmc\/acme-\w{6}$/,
    );
    expect(
      listed.Versions?.map(({ VersionId, VersionStages }) => [VersionId, VersionStages]),
    ).toEqual([
      [TOKEN_1, ['AWSPREVIOUS']],
      [TOKEN_2, ['AWSCURRENT', 'AWSPENDING']],
    ]);
    expect(value).toMatchObject({ SecretString: 'two', CreatedDate: new Date(NOW_MS) });
    expect(value.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('carries binary values', async () => {
    const { secrets } = await prepare();
    const SecretBinary = Uint8Array.from([0, 255, 128]);

    await secrets.send(new CreateSecretCommand({ Name: 'binary', SecretBinary }));
    const value = await secrets.send(new GetSecretValueCommand({ SecretId: 'binary' }));

    expect(Uint8Array.from(value.SecretBinary ?? [])).toEqual(SecretBinary);
  });

  it('refuses with errors that the client knows by their classes', async () => {
    const { secrets, put, arn } = await prepareWithSecret();
    await put();

    const missing = await secrets
      .send(new GetSecretValueCommand({ SecretId: 'sfmc/other' }))
      .catch((error) => error);
    const taken = await secrets
      .send(
        new PutSecretValueCommand({
          SecretId: arn,
          ClientRequestToken: TOKEN_2,
          SecretString: 'another',
        }),
      )
      .catch((error) => error);

    expect(missing).toBeInstanceOf(ResourceNotFoundException);
    expect(missing.message).toBe("Secrets Manager can't find the specified secret.");
    expect(taken).toBeInstanceOf(ResourceExistsException);
    expect(taken.message).toContain(`${TOKEN_2} because that value is already in use`);
  });

  it('refuses operations that it does not serve', async () => {
    const { secrets } = await prepareWithSecret();

    const rotation = secrets.send(new RotateSecretCommand({ SecretId: 'sfmc/acme' }));

    await expect(rotation).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'secretsmanager:RotateSecret is not served here.',
    });
  });
});

describe('Parameter Store, to its SDK client', () => {
  it('puts, gets, lists and deletes', async () => {
    const { parameters } = await prepare();
    const Name = '/sfmc/acme/client-secret';

    const put = await parameters.send(
      new PutParameterCommand({ Name, Value: 'canary', Type: 'SecureString' }),
    );
    const got = await parameters.send(
      new GetParametersCommand({ Names: [Name, '/sfmc/acme/escrow'], WithDecryption: true }),
    );
    const listed = await parameters.send(
      new GetParametersByPathCommand({ Path: '/sfmc', Recursive: true }),
    );
    await parameters.send(new DeleteParameterCommand({ Name }));
    const gone = parameters.send(new GetParameterCommand({ Name }));

    expect(put).toMatchObject({ Version: 1, Tier: 'Standard' });
    expect(got.Parameters).toMatchObject([
      {
        Name,
        Value: 'canary',
        ARN: 'arn:aws:ssm:eu-central-1:123456789012:parameter/sfmc/acme/client-secret',
        LastModifiedDate: new Date(NOW_MS),
      },
    ]);
    expect(got.InvalidParameters).toEqual(['/sfmc/acme/escrow']);
    expect(listed.Parameters?.map((parameter) => parameter.Value)).not.toContain('canary');
    await expect(gone).rejects.toThrow(ParameterNotFound);
  });
});

describe('the protocol', () => {
  const target = { 'x-amz-target': 'AmazonSSM.GetParameter', authorization: SIGNED };

  it.each([
    ['another method', target, '', { method: 'GET' }, 404, 'UnknownOperationException'],
    ['no target', { authorization: SIGNED }, '{}', {}, 404, 'UnknownOperationException'],
    [
      'another service',
      { ...target, 'x-amz-target': 'DynamoDB_20120810.GetItem' },
      '{}',
      {},
      404,
      'UnknownOperationException',
    ],
    [
      'no signature',
      { 'x-amz-target': 'AmazonSSM.GetParameter' },
      '{}',
      {},
      400,
      'MissingAuthenticationTokenException',
    ],
    ['broken JSON', target, '{', {}, 400, 'SerializationException'],
    ['a list', target, '[]', {}, 400, 'SerializationException'],
    ['a number for a name', target, '{"Name":5}', {}, 400, 'SerializationException'],
    ['null for a name', target, '{"Name":null}', {}, 400, 'ValidationException'],
    ['over 1 MiB', target, `{"Name":"${'x'.repeat(1 << 20)}"}`, {}, 400, 'SerializationException'],
  ])('refuses %s', async (_, headers, body, options, status, type) => {
    const { aws } = await prepare();

    const answer = await post(aws, headers, body, options);

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ __type: type });
  });

  it('spells the message member as each service does', async () => {
    const { aws } = await prepare();
    const answer = async (operation: string) => {
      const headers = { 'x-amz-target': operation, authorization: SIGNED };
      const { body } = await post(aws, headers, '{"SecretId":"a","Name":"a b"}');
      return Object.keys(JSON.parse(body));
    };

    expect(await answer('secretsmanager.GetSecretValue')).toEqual(['__type', 'Message']);
    expect(await answer('AmazonSSM.GetParameter')).toEqual(['__type', 'message']);
    expect(await answer('AmazonSSM.DeleteParameters')).toEqual(['__type', 'message']);
  });

  it('keeps connections alive', async () => {
    const { aws } = await prepare();
    const agent = new Agent({ keepAlive: true });
    opened.push({ close: () => agent.destroy() });

    const first = await post(aws, target, '{"Name":"a"}', { agent });
    const second = await post(aws, target, '{"Name":"a"}', { agent });

    expect([first.reused, second.reused]).toEqual([false, true]);
  });

  it('rejects a port that is taken', async () => {
    const { aws } = await prepare();

    const second = startAwsLocal({ port: Number(new URL(aws.url).port) });

    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('the log of calls', () => {
  it('names what was called for, with its outcome, and holds no value', async () => {
    const { aws, parameters, put, get } = await prepareWithSecret();

    await put();
    await get();
    await parameters.send(new GetParameterCommand({ Name: '/nope' })).catch(() => undefined);
    await parameters.send(new GetParametersCommand({ Names: ['/a', '/b'] }));

    const common = { atMs: NOW_MS, fault: undefined };
    const ok = { ...common, status: 200, error: undefined };
    const secret = { service: 'secretsmanager', names: ['sfmc/acme'], ...ok };
    expect(aws.calls).toEqual([
      { ...secret, operation: 'PutSecretValue' },
      { ...secret, operation: 'GetSecretValue' },
      {
        ...common,
        service: 'ssm',
        operation: 'GetParameter',
        names: ['/nope'],
        status: 400,
        error: 'ParameterNotFound',
      },
      { ...ok, service: 'ssm', operation: 'GetParameters', names: ['/a', '/b'] },
    ]);
    expect(JSON.stringify(aws.calls)).not.toContain('canary');
  });
});

describe('ordered faults', () => {
  it.each([
    ['throttle', 'ThrottlingException', 400, 'Rate exceeded'],
    ['internal', 'InternalServiceError', 500, 'An error occurred on the server side.'],
    ['unavailable', 'ServiceUnavailableException', 503, 'Service Unavailable'],
    ['denyKms', 'AccessDeniedException', 400, 'Access to KMS is not allowed'],
    ['encryptionFailure', 'EncryptionFailure', 400, "can't encrypt"],
    ['decryptionFailure', 'DecryptionFailure', 400, "can't decrypt"],
    ['limitExceeded', 'LimitExceededException', 400, 'quotas'],
  ] as const)('%s answers %s, once, and applies nothing', async (kind, name, status, message) => {
    const { aws, put, current } = await prepareWithSecret();
    aws.orderFault({ kind });

    const struck = await put().catch((error) => error);
    const untouched = current().SecretString;
    await put();

    expect(struck).toMatchObject({
      name,
      message: expect.stringContaining(message),
      $metadata: { httpStatusCode: status },
    });
    expect(untouched).toBe('canary-1');
    expect(current().SecretString).toBe('canary-2');
    expect(aws.calls.map((call) => call.fault)).toEqual([kind, undefined]);
  });

  it('deny names the user, the action and the resource', async () => {
    const { aws, parameters, put, arn } = await prepareWithSecret();
    aws.orderFault({ kind: 'deny', calls: 2 });
    const text = (action: string, resource: string) =>
      `User: arn:aws:iam::123456789012:user/AKIALOCAL is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;

    await expect(put()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: text('secretsmanager:PutSecretValue', arn),
    });
    await expect(
      parameters.send(new GetParametersCommand({ Names: ['/sfmc/acme/config'] })),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: text(
        'ssm:GetParameters',
        'arn:aws:ssm:eu-central-1:123456789012:parameter/sfmc/acme/config',
      ),
    });
  });

  it('differ by service where AWS does', async () => {
    const { aws, parameters } = await prepare();
    aws.orderFault({ kind: 'internal' });
    aws.orderFault({ kind: 'denyKms' });
    const get = () => parameters.send(new GetParameterCommand({ Name: '/a' }));

    await expect(get()).rejects.toMatchObject({ name: 'InternalServerError' });
    await expect(get()).rejects.toThrow('The ciphertext refers to a customer master key');
  });

  it.each([
    ['dropBefore', 'canary-1'],
    ['dropAfter', 'canary-2'],
  ] as const)('%s breaks the connection, leaving %s behind', async (kind, left) => {
    const { aws, put, current } = await prepareWithSecret();
    aws.orderFault({ kind });

    await expect(put()).rejects.toThrow('socket hang up');

    expect(current().SecretString).toBe(left);
    expect(aws.calls).toMatchObject([{ fault: kind, status: undefined }]);
  });

  it.each([
    [{ kind: 'hang' }, 'canary-1'],
    [{ kind: 'slow', delayMs: 3_600_000 }, 'canary-2'],
  ] as const)('%j keeps the client waiting until the server closes', async (fault, left) => {
    const { aws, put, current } = await prepareWithSecret();
    aws.orderFault(fault);

    const pending = expect(put()).rejects.toThrow('socket hang up');
    while (aws.calls.length === 0) await new Promise(setImmediate);
    const meanwhile = current().SecretString;
    await aws.close();

    expect(meanwhile).toBe(left);
    await pending;
  });

  it('slow answers late but as ever', async () => {
    const { aws, get } = await prepareWithSecret();
    aws.orderFault({ kind: 'slow', delayMs: 50 });

    const late = get();
    while (aws.calls.length === 0) await new Promise(setImmediate);
    const prompt = get();
    const first = await Promise.race([late.then(() => 'late'), prompt.then(() => 'prompt')]);

    expect(first).toBe('prompt');
    expect((await late).SecretString).toBe('canary-1');
  });

  it('staleRead gives what was current before, as if it still were', async () => {
    const { aws, put, get } = await prepareWithSecret();
    aws.orderFault({ kind: 'staleRead', operation: 'GetSecretValue', calls: 2 });

    const first = await get();
    await put();
    const stale = await get();
    const fresh = await get();

    expect(first.SecretString).toBe('canary-1');
    expect(stale).toMatchObject({ SecretString: 'canary-1', VersionStages: ['AWSCURRENT'] });
    expect(fresh.SecretString).toBe('canary-2');
  });

  it('strike in the order given, each only the calls that it names', async () => {
    const { aws, parameters, put, get } = await prepareWithSecret();
    const orders: Fault[] = [
      { kind: 'throttle', operation: 'PutSecretValue', calls: 2 },
      { kind: 'unavailable', service: 'ssm' },
      { kind: 'internal', service: 'secretsmanager' },
    ];
    for (const order of orders) aws.orderFault(order);

    for (const call of [put, put, put, get]) await call().catch(() => undefined);
    await parameters.send(new GetParametersCommand({ Names: ['/a'] })).catch(() => undefined);

    expect(aws.calls.map((call) => call.fault)).toEqual([
      'throttle',
      'throttle',
      'internal',
      undefined,
      'unavailable',
    ]);
  });

  it('can last until they are cancelled', async () => {
    const { aws, get } = await prepareWithSecret();
    const cancel = aws.orderFault({ kind: 'throttle', calls: 'untilCancelled' });

    for (let n = 0; n < 3; n++) await expect(get()).rejects.toThrow('Rate exceeded');
    cancel();

    await expect(get()).resolves.toMatchObject({ SecretString: 'canary-1' });
  });
});

describe('authorization', () => {
  it('asks about each resource and refuses what is not allowed, before anything else', async () => {
    const asked: string[] = [];
    const { parameters, secrets, get, arn } = await prepareWithSecret({
      authorize({ action, resource, accessKeyId }) {
        asked.push(`${accessKeyId} ${action} ${resource}`);
        return !resource.endsWith('/b') && resource !== 'sfmc/other';
      },
    });

    await get();
    const several = parameters.send(new GetParametersCommand({ Names: ['/a', '/b'] }));
    await expect(several).rejects.toThrow('parameter/b because no identity-based policy');
    const missing = secrets.send(new GetSecretValueCommand({ SecretId: 'sfmc/other' }));
    await expect(missing).rejects.toThrow('on resource: sfmc/other because');

    expect(asked).toEqual([
      `AKIALOCAL secretsmanager:GetSecretValue ${arn}`,
      'AKIALOCAL ssm:GetParameters arn:aws:ssm:eu-central-1:123456789012:parameter/a',
      'AKIALOCAL ssm:GetParameters arn:aws:ssm:eu-central-1:123456789012:parameter/b',
      'AKIALOCAL secretsmanager:GetSecretValue sfmc/other',
    ]);
  });
});

describe('latency', () => {
  it('holds every answer back, after the request was applied', async () => {
    const { aws, put, current } = await prepareWithSecret({ latencyMs: 3_600_000 });

    const pending = expect(put()).rejects.toThrow('socket hang up');
    while (aws.calls.length === 0) await new Promise(setImmediate);
    const meanwhile = current().SecretString;
    await aws.close();

    expect(meanwhile).toBe('canary-2');
    await pending;
  });
});
