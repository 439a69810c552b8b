import path from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { scheduleName } from '../../../lambda/core/names';
import { accountId } from '../../../local/aws/account';
import { localFunctionName } from '../../../local/aws/lambda/names';
import type { StoredTokenSet } from '../../support/storedConnection';
import type { OpsWorld } from './opsWorld';

const region = 'us-east-1';

/** In place of the rotator: a function that only logs what it is asked to. */
export const printingFunction = { bundleDir: path.join(__dirname, 'bundles', 'printing') };

/** Stores a token set that the provider has issued `agoMs` ago; returns it. */
export function storeToken(
  world: OpsWorld,
  {
    connection = 'acme',
    agoMs = 0,
    ...members
  }: StoredTokenSet & {
    readonly connection?: string;
    readonly agoMs?: number;
  } = {},
): StoredTokenSet {
  const { provider, clock } = world;
  const issuedAtMs = clock.now() - agoMs;
  const context = 'client-credentials';
  const { body } = provider.model.requestToken(
    {
      clientId: provider.clientId,
      clientSecret: provider.clientSecret,
      refreshToken: provider.model.startChain(context, issuedAtMs),
      accessType: 'offline',
      legacy: true,
    },
    issuedAtMs,
  );
  if (!('accessToken' in body)) throw new Error('The provider issued no token.');
  const tokenSet = {
    accessToken: body.accessToken,
    legacyToken: body.legacyToken ?? '',
    refreshToken: body.refreshToken ?? '',
    issuedAt: new Date(issuedAtMs).toISOString(),
    expiresAt: new Date(issuedAtMs + body.expiresIn * 1_000).toISOString(),
    restBaseUrl: provider.url,
    soapBaseUrl: `${provider.url}/Service.asmx`,
    ...members,
  };
  world.stored(connection).put(tokenSet);
  return tokenSet;
}

/** Of the queue that the local function is fed from. */
export const queueArn = `arn:aws:sqs:${region}:${accountId}:sfmc-token-rotator.fifo`;

interface ScheduleOptions {
  readonly connection: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly target: string | undefined;
  /** Of its messages. */
  readonly group: string;
  readonly input: string;
}

/** A schedule as the stack makes it; to a function, as earlier releases had it. */
export function schedule(
  world: OpsWorld,
  {
    connection = 'acme',
    state = 'ENABLED',
    target = queueArn,
    group = connection,
    input = JSON.stringify({ connection, scheduledAt: '<aws.scheduler.scheduled-time>' }),
  }: Partial<ScheduleOptions> = {},
): void {
  const isQueue = target.startsWith('arn:aws:sqs:');
  world.aws.scheduler.createSchedule({
    Name: scheduleName(connection),
    State: state,
    ScheduleExpression: 'rate(5 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: target,
      RoleArn: 'arn:aws:iam::123456789012:role/scheduler',
      Input: input,
      ...(isQueue && { SqsParameters: { MessageGroupId: group } }),
    },
  });
}

/** A connection in which nothing is wrong. */
export function install(world: OpsWorld, connection = 'acme'): void {
  const stored = world.stored(connection);
  stored.put('{}');
  stored.configure({ authBaseUrl: world.provider.url, clientId: world.provider.clientId });
  stored.putParameter('client-secret', world.provider.clientSecret);
  storeToken(world, { connection });
  schedule(world, { connection });
}

/** Writes lines to the function's log at the present time of the world. */
export async function log(world: OpsWorld, ...lines: object[]): Promise<void> {
  const lambda = new LambdaClient({
    endpoint: world.aws.url,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await lambda.send(
    new InvokeCommand({ FunctionName: localFunctionName, Payload: JSON.stringify({ lines }) }),
  );
  lambda.destroy();
}

export const errorLine = (code: string, message = `Connection "acme": ${code}.`) => ({
  level: 'ERROR',
  message,
  connection: 'acme',
  code,
});
