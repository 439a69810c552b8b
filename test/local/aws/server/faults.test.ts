import { GetParameterCommand, GetParametersCommand } from '@aws-sdk/client-ssm';
import type { AwsFault } from '../../../../local/aws/faults';
import { prepare, prepareWithSecret } from './support';

describe('ordered faults', () => {
  it.each([
    ['throttle', 'ThrottlingException', 400, 'Rate exceeded'],
    ['internal', 'InternalServiceError', 500, 'An error occurred on the server side.'],
    ['unavailable', 'ServiceUnavailableException', 503, 'Service Unavailable'],
    ['denyKms', 'AccessDeniedException', 400, 'Access to KMS is not allowed'],
    ['encryptionFailure', 'EncryptionFailure', 400, "can't encrypt"],
    ['decryptionFailure', 'DecryptionFailure', 400, "can't decrypt"],
    ['limitExceeded', 'LimitExceededException', 400, 'quotas'],
    ['notVisible', 'ResourceNotFoundException', 400, "can't find"],
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
    const delayMs = 100;
    aws.orderFault({ kind: 'slow', delayMs });
    const beganAtMs = performance.now();

    const { SecretString } = await get();

    expect(SecretString).toBe('canary-1');
    // A timer counts whole milliseconds.
    expect(performance.now() - beganAtMs).toBeGreaterThan(delayMs - 2);
  });

  it('slow keeps nobody else waiting', async () => {
    const { aws, get } = await prepareWithSecret();
    aws.orderFault({ kind: 'slow', delayMs: 3_600_000 });

    const late = expect(get()).rejects.toThrow('socket hang up');
    while (aws.calls.length === 0) await new Promise(setImmediate);
    const { SecretString } = await get();
    await aws.close();

    expect(SecretString).toBe('canary-1');
    await late;
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
    const orders: AwsFault[] = [
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
