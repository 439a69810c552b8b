import { leastLeftMs, oldRefreshTokenDays, refreshTokenLifeDays } from '../../lambda/core/limits';
import { defaultSecretPrefix, parameterNames, scheduleName } from '../../lambda/core/names';
import { refreshTokenIssuedAtMsOf } from '../../lambda/core/tokenSet';
import type { ScheduleSummary } from '../connection/keeper';
import type { LastError } from '../connection/lastErrors';
import type { PresentParameters } from '../connection/parameters';
import type { Reading } from '../connection/reading';
import type { StoredToken } from '../connection/secret';
import { restoreCommand } from '../failures/awsFailure';
import { dayMs, duration, relativeTime } from '../terminal/text';

/** What could be found out about a connection. */
export interface ConnectionFacts {
  readonly name: string;
  /** Whether the fleet's rotator keeps it. */
  readonly isFleet: boolean;
  readonly token: Reading<StoredToken>;
  readonly parameters: Reading<PresentParameters>;
  /** What is wrong with the config's text; undefined if nothing is, or it is not known. */
  readonly configProblem: string | undefined;
  /** Its own. */
  readonly schedule: Reading<ScheduleSummary | undefined>;
  /** Of the last 24 hours, or of the last hour if the log is a fleet's. */
  readonly lastError: Reading<LastError | undefined>;
}

/** `broken`: readers have no token, or will have none unless somebody acts. */
export type Verdict = 'ok' | 'attention' | 'broken';

/** What a finding is about; the doctor's checks have the same ids. */
export type Subject =
  | 'secret'
  | 'token'
  | 'refresh-token'
  | 'recent-errors'
  | 'config'
  | 'client-secret'
  | 'staged-secret'
  | 'escrow'
  | 'schedule';

export interface Finding {
  readonly subject: Subject;
  readonly verdict: Exclude<Verdict, 'ok'>;
  /** A sentence without its full stop. */
  readonly what: string;
  /** What to do about it, the same. Undefined if `what` says it. */
  readonly remedy: string | undefined;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** What is wrong and what to do about it, the worst first. Empty if all is well. */
  readonly reasons: readonly string[];
}

const quoted = (command: string) => `"npm run ops -- ${command}"`;

const finding =
  (verdict: Finding['verdict']) =>
  (subject: Subject, what: string, remedy?: string): Finding => ({
    subject,
    verdict,
    what,
    remedy,
  });
const broken = finding('broken');
const attention = finding('attention');

/** The worst of several. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('broken')) return 'broken';
  return verdicts.includes('attention') ? 'attention' : 'ok';
}

/** Of connections: the worst first, then by name. */
export const worstFirst = <T extends { readonly verdict: Verdict }>(all: readonly T[]): T[] =>
  (['broken', 'attention', 'ok'] as const).flatMap((wanted) =>
    all.filter(({ verdict }) => verdict === wanted),
  );

/** What to make of what is known of a connection. What is unknown counts only for its token. */
export function judge(facts: ConnectionFacts, nowMs: number): Judgement {
  const sorted = worstFirst(findingsOf(facts, nowMs));
  return {
    verdict: worstOf(sorted.map(({ verdict }) => verdict)),
    reasons: sorted.map(({ what, remedy }) => (remedy ? `${what}: ${remedy}.` : `${what}.`)),
  };
}

/** What is wrong with a connection; `status` and `doctor` both go by it. */
export function findingsOf(facts: ConnectionFacts, nowMs: number): Finding[] {
  return [
    ...tokenFindings(facts, nowMs),
    ...errorFindings(facts, nowMs),
    ...parameterFindings(facts),
    ...scheduleFindings(facts),
  ];
}

function tokenFindings({ name, isFleet, token }: ConnectionFacts, nowMs: number): Finding[] {
  if (!token.known) return [attention('secret', 'Its token could not be read')];
  const stored = token.value;
  if (stored.kind === 'noSecret') {
    const seed = quoted(`seed ${name}`);
    const remedy = isFleet
      ? `run ${seed}, with --auth-base-url and --client-id`
      : `deploy the stack, then run ${seed}`;
    return [broken('secret', 'There is no secret', remedy)];
  }
  if (stored.kind === 'deleted') {
    return [
      broken(
        'secret',
        'The secret is scheduled for deletion, and can be neither read nor written',
        restoreCommand(`${defaultSecretPrefix}${name}`),
      ),
    ];
  }
  if (stored.kind === 'malformed') {
    return [broken('secret', `The secret ${stored.problem}`, `see ${quoted(`recover ${name}`)}`)];
  }
  const { version } = stored;
  const { tokens } = version;
  if (tokens.kind === 'notSeeded') {
    const remedy = `run ${quoted(`seed ${name}`)}`;
    return [broken('secret', 'It waits for its first refresh token', remedy)];
  }
  const findings: Finding[] = [];
  if (tokens.kind === 'seeded') {
    findings.push(
      attention(
        'secret',
        `Seeded ${relativeTime(version.createdAtMs, nowMs)} and not rotated yet`,
        `the next tick does that, within ${isFleet ? 20 : 5} minutes; if it does not, see ${quoted(`doctor ${name}`)}`,
      ),
    );
  } else {
    const { expiresAtMs } = tokens.tokenSet;
    const leftMs = expiresAtMs - nowMs;
    const look = `see ${quoted(`doctor ${name}`)}`;
    if (leftMs <= 0) {
      findings.push(broken('token', `The token expired ${relativeTime(expiresAtMs, nowMs)}`, look));
    } else if (leftMs < leastLeftMs) {
      findings.push(attention('token', `The token has only ${duration(leftMs)} left`, look));
    }
  }
  const ageDays = (nowMs - refreshTokenIssuedAtMsOf(version)) / dayMs;
  if (ageDays > oldRefreshTokenDays) {
    findings.push(
      attention(
        'refresh-token',
        `The refresh token is ${Math.floor(ageDays)} days old and ends after ${refreshTokenLifeDays}`,
        `seed a new one by ${quoted(`seed ${name} --replace`)}`,
      ),
    );
  }
  return findings;
}

/** Whether a rotation has followed the last error, which then is history. */
function isMended({ token, lastError }: Pick<ConnectionFacts, 'token' | 'lastError'>) {
  const error = lastError.known ? lastError.value : undefined;
  const stored = token.known ? token.value : undefined;
  const tokens = stored?.kind === 'stored' ? stored.version.tokens : undefined;
  return (
    tokens?.kind === 'issued' && error !== undefined && tokens.tokenSet.issuedAtMs >= error.atMs
  );
}

function errorFindings(facts: ConnectionFacts, nowMs: number): Finding[] {
  const { name, lastError } = facts;
  const error = lastError.known ? lastError.value : undefined;
  if (error === undefined || isMended(facts)) return [];
  const what = `The last error came ${relativeTime(error.atMs, nowMs)}, ${error.code}`;
  const text = error.message.replace(/\.$/, '');
  return error.code === 'ChainBroken'
    ? [broken('recent-errors', what, `run ${quoted(`recover ${name}`)}`)]
    : [attention('recent-errors', `${what}: ${text}`)];
}

function parameterFindings({ name, parameters, configProblem }: ConnectionFacts): Finding[] {
  if (!parameters.known) return [];
  const { hasConfig, clientSecretType, stagedSecretType, hasEscrow } = parameters.value;
  const findings: Finding[] = [];
  if (!hasConfig) {
    findings.push(broken('config', 'There is no config', 'deploy the stack'));
  }
  if (configProblem !== undefined) {
    findings.push(broken('config', configProblem.replace(/\.$/, '')));
  }
  if (clientSecretType === undefined) {
    const remedy = `run ${quoted(`seed ${name}`)}`;
    findings.push(broken('client-secret', 'There is no client secret', remedy));
  } else if (clientSecretType !== 'SecureString') {
    const { clientSecret } = parameterNames(name);
    findings.push(
      attention(
        'client-secret',
        `The client secret is a ${clientSecretType}, stored and shown in the clear`,
        `delete ${clientSecret}, then at once run ${quoted(`seed ${name}`)}, and have it replaced in Marketing Cloud`,
      ),
    );
  }
  if (hasEscrow) {
    findings.push(
      attention(
        'escrow',
        'A token set is parked in the escrow, since Secrets Manager did not take it',
        'leave it alone, and do not seed; the rotator publishes it',
      ),
    );
  }
  if (stagedSecretType !== undefined) {
    findings.push(
      attention(
        'staged-secret',
        'A staged client secret is there',
        `activate it in Marketing Cloud, then run ${quoted(`promote-secret ${name}`)}`,
      ),
    );
  }
  return findings;
}

function scheduleFindings({ name, isFleet, schedule }: ConnectionFacts): Finding[] {
  if (!schedule.known || schedule.value?.isEnabled) return [];
  if (schedule.value === undefined && isFleet) return [];
  const called = scheduleName(name);
  return schedule.value === undefined
    ? [broken('schedule', `There is no schedule ${called}`, 'deploy the stack')]
    : [
        broken(
          'schedule',
          `The schedule ${called} is off, and nothing renews the token`,
          'find out who turned it off and why; then enable it, or deploy the stack',
        ),
      ];
}
