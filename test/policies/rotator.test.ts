import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { hurried } from '../lambda/rotator/builtFunction/queueOfOne';
import { connectClients } from '../support/awsClients';
import { rotatorKeyId } from '../support/rotatorEnvironment';
import { customerKeyArn, fleetTemplate, rotationTemplate } from '../support/stacks';
import { refused, unneeded } from './support/needs';
import { outcomes, rotations } from './support/rotations';
import { startRotatorWorld } from './support/rotatorWorld';

const connections = Object.keys(rotations);

it.each([
  ['single connections', rotationTemplate, undefined],
  ['single connections under a customer key', rotationTemplate, customerKeyArn],
  ['a fleet', () => fleetTemplate('due'), undefined],
  ['a fleet under a customer key', () => fleetTemplate('due', customerKeyArn), customerKeyArn],
] as const)(
  'rotates in every way under its role of %s, and needs all that the role allows',
  async (_name, templateOf, kmsKeyArn) => {
    const template = templateOf(connections, kmsKeyArn);
    const { policies, permissions, attempt, callServices } = await startRotatorWorld(
      template,
      connections,
      kmsKeyArn,
    );

    const came: Record<string, string> = {};
    for (const [name, rotate] of Object.entries(rotations)) {
      came[name] = await rotate(attempt(name)).catch((error: Error) => error.message);
    }
    callServices();

    expect(came).toEqual(outcomes);
    expect(refused(policies.decided)).toEqual([]);
    expect(unneeded(permissions, policies.decided)).toEqual([]);
  },
);

describe('a call beyond the role', () => {
  const user = `User: arn:aws:iam::123456789012:user/${rotatorKeyId} is not authorized to perform: `;
  const denial = (action: string, resource: string) => ({
    name: 'AccessDeniedException',
    message: `${user}${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
  });
  const read = (secretsManager: SecretsManagerClient, SecretId: string) =>
    secretsManager.send(new GetSecretValueCommand({ SecretId }));

  it('is refused as AWS refuses it: another action, another secret, one that is not there', async () => {
    const { world } = await startRotatorWorld(rotationTemplate(['due']), ['due']);
    const { secretsManager } = connectClients(world.aws.url);
    const [due, other] = ['due', 'other'].map((name) => {
      world.connect(name);
      return world.aws.secretsManager.arnOf(`sfmc/${name}`) ?? '';
    });

    const described = secretsManager.send(new DescribeSecretCommand({ SecretId: 'sfmc/due' }));

    await expect(described).rejects.toMatchObject(
      denial('secretsmanager:DescribeSecret', due ?? ''),
    );
    await expect(read(secretsManager, 'sfmc/other')).rejects.toMatchObject(
      denial('secretsmanager:GetSecretValue', other ?? ''),
    );
    await expect(read(secretsManager, 'sfmc/absent')).rejects.toMatchObject(
      denial('secretsmanager:GetSecretValue', 'sfmc/absent'),
    );
    await expect(read(secretsManager, 'sfmc/due')).resolves.toMatchObject({ Name: 'sfmc/due' });
  });

  it('leaves the token set in the escrow if it is the key that may not be used', async () => {
    const template = rotationTemplate(['due'], customerKeyArn);
    const started = await startRotatorWorld(template, ['due'], customerKeyArn);
    const { lambda, permissions, attach, attempt } = started;
    const { advance, connect } = attempt('due');
    const stored = connect();
    attach(permissions.filter(({ action }) => action !== 'kms:GenerateDataKey'));

    const rotated = hurried({ lambda, advance }, () => lambda.invoke({ connection: 'due' }));

    await expect(rotated).rejects.toThrow('Access to KMS is not allowed');
    expect(stored.escrow()).toContain('refreshToken');
  });
});
