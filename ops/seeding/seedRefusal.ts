import { unknownConnection } from '../connection/chosenConnections';
import type { Context } from '../context';
import { OpsError } from '../failures/opsError';
import { timeText } from '../terminal/text';
import type { SeedPlan } from './seedPlan';
import type { SeedTarget } from './seedTarget';

type Reason = Extract<SeedPlan, { do: 'refuse' | 'fail' }>['because'];

/** Why a connection is not seeded, with what to do instead. */
export async function explainRefusal(
  context: Context,
  target: SeedTarget,
  because: Reason,
): Promise<OpsError> {
  switch (because) {
    case 'chain':
      return chainIsStored(context, target);
    case 'config':
      return new OpsError(
        'refused',
        `The parameter ${target.parameters.names.config} says otherwise than the options. It ` +
          'belongs to the stack: change cdk.json and deploy (npx cdk deploy), and leave the options ' +
          'out. In a fleet it belongs to nobody: correct it by aws ssm put-parameter --overwrite.',
      );
    case 'noSecret':
      return new OpsError(
        'usage',
        `The secret ${target.secretId} does not exist in this Region: ${howToMake(target)}`,
      );
    case 'unknownConnection': {
      const { message } = await unknownConnection(context, target.connection);
      return new OpsError('usage', `${message}\nTo make it: ${howToMake(target)}`);
    }
  }
}

const howToMake = ({ connection }: SeedTarget) =>
  `name "${connection}" in cdk.json and deploy the stack (npx cdk deploy), or give --auth-base-url ` +
  'and --client-id.';

function chainIsStored({ clock }: Context, { connection, chain }: SeedTarget): OpsError {
  const nowMs = clock.now();
  const expiresAtMs = chain?.expiresAtMs;
  const fresh =
    expiresAtMs !== undefined && expiresAtMs > nowMs
      ? ` Its access token is valid until ${timeText(expiresAtMs, nowMs)}.`
      : '';
  return new OpsError(
    'refused',
    `A refresh token stands in ${chain?.where}.${fresh} It may be the only live one, so nothing was ` +
      `changed. See npm run ops -- status ${connection}; in trouble, npm run ops -- recover ` +
      `${connection}. To put another chain in its place, add --replace.`,
  );
}
