import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  RotateSecretCommand,
  type RotateSecretCommandInput,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { prepareLambda } from './lambdaSupport';
import { closing, prepareWithSecret, token1, token2 } from './support';

const functionArn = 'arn:aws:lambda:eu-central-1:123456789012:function:sfmc-token-rotator-local';

/** An endpoint whose function answers every step, unless it `fails`; it writes nothing. */
async function prepareRotation(fails = false) {
  const steps: { readonly Step: string; readonly ClientRequestToken: string }[] = [];
  const { aws, settings } = await prepareLambda({
    function: {
      onLine(line) {
        if (line.includes('"Step"')) steps.push(JSON.parse(line));
      },
      env: { PROBE: fails ? 'failing steps' : 'steps' },
    },
  });
  const secrets = closing(new SecretsManagerClient(settings));
  aws.secretsManager.createSecret({
    Name: 'sfmc/acme',
    ClientRequestToken: token1,
    SecretString: 'first',
  });
  const rotate = (input: Partial<RotateSecretCommandInput> = {}) =>
    secrets.send(
      new RotateSecretCommand({ SecretId: 'sfmc/acme', ClientRequestToken: token2, ...input }),
    );
  const describe = () => secrets.send(new DescribeSecretCommand({ SecretId: 'sfmc/acme' }));
  const untilSteps = async (count: number) => {
    while (steps.length < count) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  return { aws, secrets, steps, rotate, describe, untilSteps };
}

const named = (steps: readonly { readonly Step: string }[]) => steps.map(({ Step }) => Step);

describe('RotateSecret', () => {
  it('makes an AWSPENDING version without a value, and answers before the four steps', async () => {
    const { aws, secrets, steps, rotate, describe, untilSteps } = await prepareRotation();

    const answer = await rotate();
    const pending = await secrets
      .send(new GetSecretValueCommand({ SecretId: 'sfmc/acme', VersionStage: 'AWSPENDING' }))
      .catch((error) => error.name);
    const listed = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: 'sfmc/acme' }));
    await untilSteps(4);
    let described = await describe();
    while (described.LastRotatedDate === undefined) described = await describe();

    const arn = aws.secretsManager.arnOf('sfmc/acme');
    expect(answer).toMatchObject({ ARN: arn, Name: 'sfmc/acme', VersionId: token2 });
    expect(pending).toBe('ResourceNotFoundException');
    expect(listed.Versions).toContainEqual(
      expect.objectContaining({ VersionId: token2, VersionStages: ['AWSPENDING'] }),
    );
    expect(steps).toEqual(
      ['createSecret', 'setSecret', 'testSecret', 'finishSecret'].map((Step) => ({
        Step,
        SecretId: arn,
        ClientRequestToken: token2,
      })),
    );
  });

  it('keeps the function and the rules that it is given', async () => {
    const { rotate, describe } = await prepareRotation();

    await rotate({ RotationLambdaARN: functionArn, RotationRules: { AutomaticallyAfterDays: 7 } });

    expect(await describe()).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN: functionArn,
      RotationRules: { AutomaticallyAfterDays: 7 },
    });
  });

  it('tests the function alone if it is to rotate later, and takes the version away', async () => {
    const { steps, rotate, describe, untilSteps } = await prepareRotation();

    const answer = await rotate({ RotateImmediately: false });
    await untilSteps(1);
    let described = await describe();
    while (token2 in (described.VersionIdsToStages ?? {})) described = await describe();

    expect(answer.VersionId).toBeUndefined();
    expect(named(steps)).toEqual(['testSecret']);
    expect(described.VersionIdsToStages).toEqual({ [token1]: ['AWSCURRENT'] });
    expect(described.LastRotatedDate).toBeUndefined();
  });

  it('tries a failed rotation again, as a whole, and refuses another one meanwhile', async () => {
    const { steps, rotate, describe, untilSteps } = await prepareRotation(true);

    await rotate();
    await untilSteps(2);
    const another = rotate({ ClientRequestToken: 'another-rotation-while-one-is-not-done' });

    await expect(another).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: "A previous rotation isn't complete. That rotation will be reattempted.",
    });
    expect(named(steps.slice(0, 2))).toEqual(['createSecret', 'createSecret']);
    expect((await describe()).VersionIdsToStages).toEqual({
      [token1]: ['AWSCURRENT'],
      [token2]: ['AWSPENDING'],
    });
  });

  it('refuses a function that is not there, and a secret without one', async () => {
    const { rotate } = await prepareRotation();
    const { secrets } = await prepareWithSecret();
    const elsewhere = functionArn.replace('local', 'missing');

    await expect(rotate({ RotationLambdaARN: elsewhere })).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(
      secrets.send(new RotateSecretCommand({ SecretId: 'sfmc/acme' })),
    ).rejects.toMatchObject({
      name: 'InvalidRequestException',
      message: 'No Lambda rotation function ARN is associated with this secret.',
    });
  });
});
