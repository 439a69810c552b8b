import { randomUUID } from 'node:crypto';
import { IdentityPolicies } from '../../../local/aws/iam/identityPolicies';
import { localRoleName } from '../../../local/aws/lambda/names';
import { type OpsWorld, startOpsWorld } from '../../ops/support/opsWorld';
import { Deployment } from '../../support/deployment';
import { earlierKeyArn, fleetTemplate, region } from '../../support/stacks';

/** With which `npm run ops -- --local` signs. */
export const accessKeyId = 'operator';
/** One that is theirs. */
export const connection = 'acme-news';

/** A fleet whose operator has its policy for `acme-`, and whose rotator has its role. */
export async function prepareOperators(
  kmsKeyArn: string | undefined,
  options: Parameters<typeof startOpsWorld>[0],
) {
  const policies = new IdentityPolicies(region);
  const world = await startOpsWorld({ authorize: policies.authorize, ...options });
  world.clock.advance(Date.now() - world.clock.now());
  const deployment = new Deployment(
    fleetTemplate(connection, kmsKeyArn, [earlierKeyArn]),
    world.aws,
  );
  const permissions = deployment.ofPolicy('Operators');
  policies.attach(accessKeyId, { permissions });
  policies.attach(localRoleName, { permissions: deployment.ofRole('RotatorRole') });
  const decided = () => policies.decided.filter((each) => each.accessKeyId === accessKeyId);
  const exitCodes: Record<string, number> = {};
  const run = async (argv: readonly string[], stdin = '') => {
    const ran = await world.run(argv, stdin);
    exitCodes[argv.slice(0, 2).join(' ')] = ran.exitCode;
    return ran;
  };
  const makeSecret = (name: string) =>
    world.aws.secretsManager.createSecret({
      Name: `sfmc/${name}`,
      ClientRequestToken: randomUUID(),
      SecretString: '{}',
      KmsKeyId: kmsKeyArn,
    });
  return { world, permissions, decided, run, exitCodes, makeSecret };
}

export const seeding = (
  { provider: { clientId, clientSecret, refreshToken, url } }: OpsWorld,
  name = connection,
) =>
  [
    ['seed', name, '--stdin', '--json', '--client-id', clientId, '--auth-base-url', url],
    JSON.stringify({ clientSecret, refreshToken }),
  ] as const;
