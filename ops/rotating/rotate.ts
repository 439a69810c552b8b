import { InvokeCommand } from '@aws-sdk/client-lambda';
import { Activity } from '../activity';
import { connectionFunction, logGroupOf } from '../connectionFunction';
import { chosenConnections } from '../connectionName';
import type { Context } from '../context';
import { secretName } from '../observing/token';
import { fieldTexts } from '../operatorRun';
import { OpsError } from '../opsError';
import { InvocationLog, type SeenLine } from './functionLog';
import { advance, attempts, isOver, nothingSeen, type Progress } from './progress';

export interface RotateOptions {
  readonly force: boolean;
  readonly timeoutMs: number;
  /** Codes of errors after which Lambda's repetitions are not waited for. */
  readonly endsAt?: ReadonlySet<string>;
}

export interface RotateResult {
  readonly connection: string;
  /** Of all attempts, in the log as `requestId`. */
  readonly requestId: string;
  /**
   * The rotator's `fresh`, `rotated`, `recovered` or `reissued`; `published` where the log may not
   * be read and a new version has come; `failed` after the third attempt; `unknown` where the time
   * was over first: the invocation goes on.
   */
  readonly outcome: string;
  /** ISO 8601. */
  readonly expiresAt?: string;
  /** The version of the secret that is AWSCURRENT, if it was told. */
  readonly versionId?: string;
  readonly failedAttempts: number;
  readonly lastError?: { readonly code: string; readonly message: string };
}

export const defaultTimeoutMs = 330_000;
const pollMs = 1_500;
/** Looks in a row that may fail. */
const mostFailedLooks = 8;
const waitsOfLambda = ['1 minute', '2 minutes'];

/**
 * Invokes the connection's function and follows its log to the end. Asynchronously: Lambda repeats
 * a failed attempt within the 5 minutes in which a spent refresh token is still taken, and nobody
 * would repeat a synchronous one.
 *
 * @throws OpsError `usage` for an unknown connection, `refused` where no function is attached
 */
export async function rotate(
  context: Context,
  connection: string,
  { force, timeoutMs, endsAt = new Set() }: RotateOptions,
): Promise<RotateResult> {
  await chosenConnections(context, connection);
  const { arn } = await connectionFunction(context, connection);
  const [logGroup, before] = await Promise.all([
    logGroupOf(context, arn),
    currentVersionId(context, connection),
  ]);
  const { $metadata } = await context.aws.lambda.send(
    new InvokeCommand({
      FunctionName: arn,
      InvocationType: 'Event',
      Payload: JSON.stringify({ connection, ...(force ? { force } : {}) }),
    }),
  );
  const requestId = $metadata.requestId ?? '';
  const untilMs = context.clock.now() + timeoutMs;
  const activity = new Activity(context.terminal, 'Rotating (Ctrl-C ends the watching alone)');
  try {
    activity.tell(`Started the rotation of ${connection}: request ${requestId}`);
    const log = new InvocationLog(context, logGroup, requestId);
    const followed = await follow(context, log, { untilMs, endsAt }, activity);
    if (followed !== 'denied') return { connection, requestId, ...resultOf(followed) };
    activity.tell('Watching for a new version of the secret instead.');
    const versionId = await newVersion(context, connection, before, untilMs);
    return {
      connection,
      requestId,
      outcome: versionId ? 'published' : 'unknown',
      ...(versionId ? { versionId } : {}),
      failedAttempts: 0,
    };
  } finally {
    activity.end();
  }
}

async function follow(
  context: Context,
  log: InvocationLog,
  { untilMs, endsAt }: { readonly untilMs: number; readonly endsAt: ReadonlySet<string> },
  activity: Activity,
): Promise<Progress | 'denied'> {
  const { clock } = context;
  let progress = nothingSeen;
  let failedLooks = 0;
  const isEnd = () => isOver(progress) || endsAt.has(progress.lastError?.code ?? '');
  while (!isEnd() && clock.now() < untilMs) {
    await clock.sleep(pollMs);
    const look = await log.look();
    if (look.kind === 'denied') {
      activity.tell(`The log may not be read: ${look.problem}`);
      return 'denied';
    }
    failedLooks = look.kind === 'failed' ? failedLooks + 1 : 0;
    if (look.kind === 'failed' && failedLooks >= mostFailedLooks) {
      throw new OpsError(
        'unavailable',
        `The log could not be read (${look.problem}). The rotation goes on without being watched.`,
      );
    }
    for (const seen of look.kind === 'lines' ? look.lines : []) {
      const text = textOf(seen, progress.lastError);
      if (text) activity.tell(text);
      const { failures } = progress;
      progress = advance(progress, seen.line);
      if (progress.failures === failures) continue;
      const wait = waitsOfLambda[failures];
      activity.tell(
        `Attempt ${progress.failures} of ${attempts} failed.` +
          (wait ? ` Lambda makes the next one after ${wait}.` : ''),
      );
    }
  }
  return progress;
}

/** An error that is the one before once more is told in short. */
function textOf({ atMs, line }: SeenLine, previous: Progress['lastError']): string | undefined {
  if (line.kind === 'attemptEnded') return undefined;
  const time = new Date(atMs).toISOString().slice(11, 19);
  if (line.kind === 'cutOff') return `${time} ERROR  ${line.message}`;
  const { level, message, code, fields } = line;
  const isRepeated = code !== undefined && code === previous?.code && message === previous.message;
  const texts = [isRepeated ? 'as before' : message, ...fieldTexts(fields)];
  return `${time} ${level.padEnd(5)}  ${code ? `${code}: ` : ''}${texts.join('  ')}`;
}

function resultOf({ finished, failures, lastError }: Progress) {
  return {
    outcome: finished?.outcome ?? (failures >= attempts ? 'failed' : 'unknown'),
    ...(finished ? { expiresAt: finished.expiresAt, versionId: finished.versionId } : {}),
    failedAttempts: failures,
    ...(lastError ? { lastError } : {}),
  };
}

async function newVersion(
  context: Context,
  connection: string,
  before: string | undefined,
  untilMs: number,
): Promise<string | undefined> {
  while (context.clock.now() < untilMs) {
    await context.clock.sleep(2 * pollMs);
    const now = await currentVersionId(context, connection);
    if (now !== before) return now;
  }
  return undefined;
}

/** Found without reading the secret. */
async function currentVersionId(context: Context, connection: string): Promise<string | undefined> {
  const versions = await context.secretStore.listVersions(secretName(context, connection));
  return versions.find(({ stages }) => stages.includes('AWSCURRENT'))?.versionId;
}
