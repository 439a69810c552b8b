import { randomUUID } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { functionTimeoutMs } from '../../lambda/core/limits';
import { type Keeper, listEventSourceMappings, readQueueUrl } from '../connection/keeper';
import { attempt, known, type Reading } from '../connection/reading';
import type { Context } from '../context';
import { isDenied } from '../failures/awsFailure';
import { Activity } from '../terminal/spinner';

/** What was sent to the function that keeps a connection. */
export interface SentRotation {
  /** Of the message, or of the invocation. */
  readonly id: string;
  /** Past the queue, as in deployments of earlier releases: why. */
  readonly past?: string;
  /** By Secrets Manager, which operators of a prefix ask in place of the queue. */
  readonly bySecretsManager?: true;
}

/**
 * Asks for a rotation by a message of the connection's group, so that it comes after what is under
 * way, and comes again as long as it fails. If there is no queue the function is invoked itself.
 *
 * @throws what AWS answers
 */
export async function sendRotation(
  context: Context,
  connection: string,
  keeper: Keeper,
  force: boolean,
): Promise<SentRotation> {
  const { aws } = context;
  const body = JSON.stringify({ connection, ...(force ? { force } : {}) });
  const queue = await queueUrlOf(context, keeper);
  if (queue.known && queue.value !== undefined) {
    try {
      return { id: await sendMessage(context, connection, queue.value, body) };
    } catch (thrown) {
      if (!keeper.isFleet || !isDenied(thrown)) throw thrown;
      return { id: await rotateSecret(context, connection, keeper.arn), bySecretsManager: true };
    }
  }
  const { $metadata } = await aws.lambda.send(
    new InvokeCommand({ FunctionName: keeper.arn, InvocationType: 'Event', Payload: body }),
  );
  const past = queue.known
    ? 'no queue feeds it, as in a deployment of an earlier release'
    : queue.why;
  return { id: $metadata.requestId ?? '', past };
}

async function sendMessage(
  { aws }: Context,
  connection: string,
  queueUrl: string,
  body: string,
): Promise<string> {
  const { MessageId = '' } = await aws.sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageGroupId: connection,
      // The same command again is another request.
      MessageDeduplicationId: randomUUID(),
    }),
  );
  return MessageId;
}

/**
 * Whoever may send to the queue may name any connection; to rotate a secret reaches that one alone. The
 * function is attached to the secret by it.
 *
 * @param isNow otherwise Secrets Manager tries the function's `testSecret` alone (API reference,
 * RotateSecret, "RotateImmediately"), which sends the token endpoint nothing
 * @throws what AWS answers
 */
export async function rotateSecret(
  { aws, settings }: Context,
  connection: string,
  functionArn: string,
  isNow = true,
): Promise<string> {
  const { VersionId = '' } = await aws.secretsManager.send(
    new RotateSecretCommand({
      SecretId: `${settings.secretPrefix}${connection}`,
      ClientRequestToken: randomUUID(),
      RotationLambdaARN: functionArn,
      RotationRules: { AutomaticallyAfterDays: 1000 },
      ...(isNow ? {} : { RotateImmediately: false }),
    }),
  );
  return VersionId;
}

/** Its value is undefined if no queue feeds the function. */
export async function queueUrlOf(
  context: Context,
  { arn, isFleet, queueArn }: Keeper,
): Promise<Reading<string | undefined>> {
  const { aws } = context;
  if (isFleet) {
    const fleet = await context.region.fleet.reading();
    return fleet.known ? known(fleet.value?.queueUrl) : fleet;
  }
  const feeding = await attempt('lambda:ListEventSourceMappings', async () => {
    if (queueArn !== undefined) return queueArn;
    const [source] = await listEventSourceMappings(aws, { FunctionName: arn });
    return source?.queueArn;
  });
  if (!feeding.known || feeding.value === undefined) return feeding;
  return known(await readQueueUrl(aws, feeding.value));
}

/** An invocation that began before takes at most the function's timeout, and its last write a moment. */
const rotationMs = functionTimeoutMs + 5_000;

/**
 * Waits for a rotation that may be under way, with what it may still store.
 *
 * @param afterCtrlC what the person can do then, as the message says
 */
export async function waitForRotation(
  { clock, terminal }: Pick<Context, 'clock' | 'terminal'>,
  afterCtrlC: string,
): Promise<void> {
  const seconds = rotationMs / 1_000;
  terminal.progress(
    `Waiting ${seconds} s for a rotation that may be under way. After Ctrl-C, ${afterCtrlC}.`,
  );
  const activity = new Activity(terminal, 'Waiting');
  try {
    await clock.sleep(rotationMs);
  } finally {
    activity.end();
  }
}
