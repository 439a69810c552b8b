import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  ParameterNotFound,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { fixedNowMs, prepare } from './support';

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
        LastModifiedDate: new Date(fixedNowMs),
      },
    ]);
    expect(got.InvalidParameters).toEqual(['/sfmc/acme/escrow']);
    expect(listed.Parameters?.map((parameter) => parameter.Value)).not.toContain('canary');
    await expect(gone).rejects.toThrow(ParameterNotFound);
  });
});
