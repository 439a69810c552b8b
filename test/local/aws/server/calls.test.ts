import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, GetParametersCommand } from '@aws-sdk/client-ssm';
import { fixedNowMs, prepareWithSecret } from './support';

describe('the log of calls', () => {
  it('names what was called for, with its outcome, and holds no value', async () => {
    const { aws, parameters, put, get } = await prepareWithSecret();

    await put();
    await get();
    await parameters.send(new GetParameterCommand({ Name: '/nope' })).catch(() => undefined);
    await parameters.send(new GetParametersCommand({ Names: ['/a', '/b'] }));

    const common = { atMs: fixedNowMs, fault: undefined };
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
      expect.stringMatching(/^AKIALOCAL kms:Decrypt arn:aws:kms:eu-central-1:123456789012:key\//),
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
