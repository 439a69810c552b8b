import type { ConnectionConfig } from '../../../lambda/core/connection';
import { type ParameterNames, scheduleName } from '../../../lambda/core/names';
import type { Escrow, StoredParameters } from '../../connection/parameters';
import { readConfig } from '../../connection/registry';
import type { SecretDescription } from '../../connection/secret';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import { isoTime } from '../../terminal/text';

/** What is there of a connection that is to be removed. */
export interface Remains {
  readonly connection: string;
  readonly secretId: string;
  readonly names: ParameterNames;
  readonly hasSchedule: boolean;
  readonly parameters: StoredParameters;
  /** The config understood. */
  readonly config: ConnectionConfig | undefined;
  readonly escrow: Escrow;
  /** Undefined if there is none. */
  readonly secret: SecretDescription | undefined;
}

/** Reads no client secret. */
export async function readRemains(context: Context, connection: string): Promise<Remains> {
  const reader = context.region.connection(connection);
  const [schedule, parameters, escrow, secret] = await Promise.all([
    reader.schedule.value(),
    reader.parameters.value(),
    reader.escrow.value(),
    reader.secret.value(),
  ]);
  const text = parameters.config;
  return {
    connection,
    secretId: reader.secretId,
    names: reader.names,
    hasSchedule: schedule !== undefined,
    parameters,
    config: text === undefined ? undefined : readConfig(context.settings, connection, text).config,
    escrow,
    secret,
  };
}

const stackTag = 'aws:cloudformation:stack-name';

/** Why a connection is not removed, with what to do instead. Undefined if it may be. */
export function removalRefusal(remains: Remains): OpsError | undefined {
  const { connection, secretId, names, hasSchedule, secret, escrow } = remains;
  const refuse = (text: string) => new OpsError('refused', `${text} Nothing was changed.`);
  const stack = secret?.tags[stackTag];
  if (stack !== undefined && hasSchedule) {
    return refuse(
      `"${connection}" belongs to the stack ${stack}, which would miss what is deleted here. Take it ` +
        'out of "connections" in cdk.json and deploy (npx cdk deploy): that deletes the schedule ' +
        `${scheduleName(connection)} and the config, and keeps the secret. Then run npm run ops -- ` +
        `remove ${connection} for what stays.`,
    );
  }
  const [replica] = secret?.replicaRegions ?? [];
  if (secret?.deletionAtMs === undefined && replica !== undefined) {
    return refuse(
      `The secret ${secretId} has copies in other Regions, without which it cannot be deleted: aws ` +
        `secretsmanager remove-regions-from-replication --secret-id ${secretId} ` +
        `--remove-replica-regions ${secret?.replicaRegions.join(' ')}. Then run this again.`,
    );
  }
  if (escrow === undefined) return undefined;
  if (escrow === 'unreadable') {
    return refuse(
      `The escrow ${names.escrow} holds something that is no token set. If nobody needs it: aws ssm ` +
        `delete-parameter --name ${names.escrow}. Then run this again.`,
    );
  }
  if (secret === undefined) {
    return refuse(
      `There is no secret, and the escrow ${names.escrow} holds the only token set. Put it into a ` +
        `secret by npm run ops -- seed ${connection}, or give it up for good: aws ssm ` +
        `delete-parameter --name ${names.escrow}. Then run this again.`,
    );
  }
  if (secret.deletionAtMs === undefined) return undefined;
  return refuse(
    `The secret ${secretId} is marked for deletion at ${isoTime(secret.deletionAtMs)}, and a token ` +
      `set that may be newer is parked in the escrow ${names.escrow}: aws secretsmanager ` +
      `restore-secret --secret-id ${secretId}. Then run this again, which puts the one into the other.`,
  );
}
