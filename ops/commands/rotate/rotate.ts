import type { ListedVersion } from '../../../lambda/core/facts';
import { visibilityTimeoutMs } from '../../../lambda/core/limits';
import type { Context } from '../../context';
import { OpsError } from '../../failures/opsError';
import { fieldTexts } from '../../rotator/operatorRun';
import { queueUrlOf, type SentRotation, sendRotation } from '../../rotator/rotation';
import { Activity } from '../../terminal/spinner';
import { chosenConnections, requiredKeeper } from '../chosenConnections';
import { ConnectionLog, type LogEntry } from './functionLog';
import {
  type AttemptError,
  advance,
  answerIn,
  failuresOf,
  lastErrorOf,
  nothingSeen,
  openAttempts,
  type RequestedRotation,
  type RotationProgress,
} from './progress';
import { formatRotation, type RotateResult } from './rotateResult';

export interface RotateCommandOptions {
  readonly force: boolean;
  readonly timeoutMs: number;
  /** Goes on showing the log, once the rotation has ended, until the person ends that. */
  readonly watch?: boolean;
}

const pollMs = 1_500;
/** Looks in a row that may fail. */
const mostFailedReads = 8;

/**
 * Asks for a rotation, and follows the function's log until it has ended. It comes after what is
 * under way for the connection, whose log is shown as well.
 *
 * @throws OpsError `usage` for an unknown connection, `refused` if no function is attached
 */
export async function rotate(
  context: Context,
  connection: string,
  { force, timeoutMs, watch = false }: RotateCommandOptions,
): Promise<RotateResult> {
  await chosenConnections(context, connection);
  const keeper = await requiredKeeper(context, connection);
  const [logGroup, before] = await Promise.all([
    context.region.logGroup(keeper.arn),
    currentVersion(context, connection),
  ]);
  const log = new ConnectionLog(context, logGroup, connection);
  // What is there already is no answer.
  await log.read();
  context.terminal.begins(
    `The rotation goes on, if it was asked for: see "npm run ops -- status ${connection}".`,
  );
  const sent = await sendRotation(context, connection, keeper, force);
  context.terminal.begins(
    `The rotation goes on without being watched: see "npm run ops -- status ${connection}".`,
  );
  const untilMs = context.clock.now() + timeoutMs;
  const activity = new Activity(
    context.terminal,
    'Rotating (Ctrl-C stops watching; the rotation goes on)',
  );
  try {
    activity.report(`Started the rotation of ${connection}: ${whatWasSent(sent)} ${sent.id}`);
    if (sent.bySecretsManager) {
      activity.report(
        'Secrets Manager was asked for it, since you may not send to the queue: it rotates the token ' +
          'though it may be fresh.',
      );
    }
    if (sent.past) {
      activity.report(
        `It was sent to the function itself: ${sent.past}. So it may meet another one of the ` +
          'connection. Deploy the stack: npx cdk deploy.',
      );
    }
    const asked = { force, before };
    const isAnswered = (seen: RotationProgress) =>
      answerIn(seen, asked) !== undefined || context.clock.now() >= untilMs;
    const progress = await follow(context, log, isAnswered, activity);
    if (progress !== 'denied') {
      const result = { connection, ...resultOf(progress, asked) };
      if (!watch) return result;
      for (const line of formatRotation(result, context, force)) activity.report(line);
      context.terminal.begins('The watching has ended.');
      await follow(context, log, () => false, activity);
    }
    activity.report('Watching for a new version of the secret instead.');
    const versionId = await newVersion(context, connection, before?.versionId, untilMs);
    return {
      connection,
      outcome: versionId ? 'published' : 'unknown',
      ...(versionId ? { versionId } : {}),
      failedAttempts: 0,
    };
  } finally {
    activity.end();
  }
}

/** What {@link rotate} would do. Throws the same. */
export async function rotationPlan(
  context: Context,
  connection: string,
  force: boolean,
): Promise<string[]> {
  await chosenConnections(context, connection);
  const keeper = await requiredKeeper(context, connection);
  const queue = await queueUrlOf(context, keeper);
  const anyway = force ? ', though the token may be fresh' : ', unless the token is fresh';
  const url = queue.known ? queue.value : undefined;
  return [
    url === undefined
      ? `have ${keeper.arn} rotate the token by a request to itself${anyway}`
      : `have ${keeper.arn} rotate the token by a message to ${url}${anyway}`,
  ];
}

function whatWasSent({ past, bySecretsManager }: SentRotation): string {
  if (bySecretsManager) return 'version';
  return past ? 'request' : 'message';
}

async function follow(
  context: Context,
  log: ConnectionLog,
  isOver: (progress: RotationProgress) => boolean,
  activity: Activity,
): Promise<RotationProgress | 'denied'> {
  const { clock } = context;
  let progress = nothingSeen;
  let failedReads = 0;
  while (!isOver(progress)) {
    await clock.sleep(pollMs);
    const read = await log.read(openAttempts(progress));
    if (read.kind === 'denied') {
      activity.report(`The log cannot be read: ${read.problem}`);
      return 'denied';
    }
    failedReads = read.kind === 'failed' ? failedReads + 1 : 0;
    if (read.kind === 'failed' && failedReads >= mostFailedReads) {
      throw new OpsError(
        'unavailable',
        `The log could not be read (${read.problem}). The rotation goes on without being watched.`,
      );
    }
    for (const seen of read.kind === 'lines' ? read.lines : []) {
      const text = textOf(seen, lastErrorOf(progress));
      if (text) activity.report(text);
      const failures = failuresOf(progress);
      progress = advance(progress, seen);
      if (failuresOf(progress) === failures) continue;
      activity.report(
        `Attempt ${failuresOf(progress)} failed. What comes by the queue is tried again after ` +
          `${visibilityTimeoutMs / 1_000} s.`,
      );
    }
  }
  return progress;
}

/** An error that is the one before once more is shown in short. */
function textOf({ atMs, line }: LogEntry, previous: AttemptError | undefined): string | undefined {
  if (line.kind === 'attemptEnded') return undefined;
  const time = new Date(atMs).toISOString().slice(11, 19);
  if (line.kind === 'cutOff') return `${time} ERROR  ${line.message}`;
  const { level, message, code, fields } = line;
  const isRepeated = code !== undefined && code === previous?.code && message === previous.message;
  const texts = [isRepeated ? 'as before' : message, ...fieldTexts(fields)];
  return `${time} ${level.padEnd(5)}  ${code ? `${code}: ` : ''}${texts.join('  ')}`;
}

function resultOf(
  progress: RotationProgress,
  asked: RequestedRotation,
): Omit<RotateResult, 'connection'> {
  const failedAttempts = failuresOf(progress);
  const lastError = lastErrorOf(progress);
  const attempts = { failedAttempts, ...(lastError ? { lastError } : {}) };
  const answer = answerIn(progress, asked);
  if (answer === undefined) return { outcome: 'unknown', ...attempts };
  const { requestId } = answer;
  const { finished } = answer.attempt;
  if (finished === undefined) return { requestId, outcome: 'failed', ...attempts };
  const { outcome, expiresAt, versionId } = finished;
  return {
    requestId,
    outcome,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(versionId === undefined ? {} : { versionId }),
    ...attempts,
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
    const now = (await currentVersion(context, connection))?.versionId;
    if (now !== before) return now;
  }
  return undefined;
}

/** Found without reading the secret. */
async function currentVersion(
  context: Context,
  connection: string,
): Promise<ListedVersion | undefined> {
  const versions = await context.region.connection(connection).versions.value();
  return versions.find(({ stages }) => stages.includes('AWSCURRENT'));
}
