import { defaultSecretPrefix, scheduleName } from '../../../lambda/core/names';
import { refreshTokenIssuedAtMsOf } from '../../../lambda/core/tokenSet';
import type { StoredParameters } from '../../connection/parameters';
import { restoreCommand } from '../../failures/awsFailure';
import { dayMs, duration, relativeTime } from '../../terminal/text';
import type { StatusFacts } from './facts';

/** `broken`: readers have no token, or will have none unless somebody acts. */
export type Verdict = 'ok' | 'attention' | 'broken';

export interface Judgement {
  readonly verdict: Verdict;
  /** What is wrong and what to do about it, the worst first. Empty if all is well. */
  readonly reasons: readonly string[];
}

interface Finding {
  readonly verdict: Exclude<Verdict, 'ok'>;
  readonly reason: string;
}

const leastLeftMs = 15 * 60_000;
/** Refresh tokens are "valid for up to 700 days" (Salesforce, legacy packages): 100 to act. */
export const refreshTokenLifeDays = 700;
const oldRefreshTokenDays = 600;

const broken = (reason: string): Finding => ({ verdict: 'broken', reason });
const attention = (reason: string): Finding => ({ verdict: 'attention', reason });
const ops = (command: string) => `"npm run ops -- ${command}"`;

/** What to make of what is known of a connection. What is unknown counts only for its token. */
export function judge(facts: StatusFacts, nowMs: number): Judgement {
  const findings = [
    ...tokenFindings(facts, nowMs),
    ...errorFindings(facts, nowMs),
    ...parameterFindings(facts),
    ...scheduleFindings(facts),
  ];
  const sorted = [
    ...findings.filter(({ verdict }) => verdict === 'broken'),
    ...findings.filter(({ verdict }) => verdict !== 'broken'),
  ];
  return {
    verdict: sorted[0]?.verdict ?? 'ok',
    reasons: sorted.map(({ reason }) => reason),
  };
}

function tokenFindings({ name, isFleet, token }: StatusFacts, nowMs: number): Finding[] {
  if (!token.known) return [attention('Its token could not be read.')];
  const stored = token.value;
  if (stored.kind === 'noSecret') {
    return [
      broken(
        isFleet
          ? `There is no secret: run ${ops(`seed ${name}`)}, with --auth-base-url and --client-id.`
          : 'There is no secret: deploy the stack, then seed it.',
      ),
    ];
  }
  if (stored.kind === 'deleted') {
    return [
      broken(
        'The secret is scheduled for deletion, and can be neither read nor written: ' +
          `${restoreCommand(`${defaultSecretPrefix}${name}`)}.`,
      ),
    ];
  }
  if (stored.kind === 'malformed') {
    return [broken(`The secret ${stored.problem}: see ${ops(`recover ${name}`)}.`)];
  }
  const { version } = stored;
  const { tokens } = version;
  if (tokens.kind === 'notSeeded') {
    const waits = 'It waits for its first refresh token';
    return [broken(`${waits}: run ${ops(`seed ${name}`)}.`)];
  }
  const findings: Finding[] = [];
  if (tokens.kind === 'seeded') {
    findings.push(
      attention(
        `Seeded ${relativeTime(version.createdAtMs, nowMs)} and not rotated yet: the next tick ` +
          `does that, within ${isFleet ? 20 : 5} minutes.`,
      ),
    );
  } else {
    const { expiresAtMs } = tokens.tokenSet;
    const leftMs = expiresAtMs - nowMs;
    const look = `see ${ops(`doctor ${name}`)}`;
    if (leftMs <= 0) {
      findings.push(broken(`The token expired ${relativeTime(expiresAtMs, nowMs)}: ${look}.`));
    } else if (leftMs < leastLeftMs) {
      findings.push(attention(`The token has only ${duration(leftMs)} left: ${look}.`));
    }
  }
  const ageDays = (nowMs - refreshTokenIssuedAtMsOf(version)) / dayMs;
  if (ageDays > oldRefreshTokenDays) {
    findings.push(
      attention(
        `The refresh token is ${Math.floor(ageDays)} days old and ends after ` +
          `${refreshTokenLifeDays}: seed a new one by ${ops(`seed ${name} --replace`)}.`,
      ),
    );
  }
  return findings;
}

/** One that a rotation has followed since is history. */
function errorFindings({ name, token, lastError }: StatusFacts, nowMs: number): Finding[] {
  const error = lastError.known ? lastError.value : undefined;
  if (error === undefined) return [];
  const stored = token.known ? token.value : undefined;
  const tokens = stored?.kind === 'stored' ? stored.version.tokens : undefined;
  if (tokens?.kind === 'issued' && tokens.tokenSet.issuedAtMs >= error.atMs) return [];
  const what = `The last error came ${relativeTime(error.atMs, nowMs)}, ${error.code}`;
  return error.code === 'ChainBroken'
    ? [broken(`${what}: run ${ops(`recover ${name}`)}.`)]
    : [attention(`${what}: ${error.message}`)];
}

function parameterFindings({ name, parameters }: StatusFacts): Finding[] {
  if (!parameters.known) return [];
  const { config, clientSecretType, stagedSecretType, hasEscrow }: StoredParameters =
    parameters.value;
  const findings: Finding[] = [];
  if (config === undefined) findings.push(attention('There is no config: deploy the stack.'));
  if (clientSecretType === undefined) {
    findings.push(attention(`There is no client secret: run ${ops(`seed ${name}`)}.`));
  }
  if (hasEscrow) {
    findings.push(
      attention(
        'A token set is parked in the escrow. Leave it alone, and do not seed: the rotator ' +
          'publishes it.',
      ),
    );
  }
  if (stagedSecretType !== undefined) {
    findings.push(
      attention(
        'A staged client secret is there: activate it in Marketing Cloud, then run ' +
          `${ops(`promote-secret ${name}`)}.`,
      ),
    );
  }
  return findings;
}

function scheduleFindings({ name, isFleet, schedule }: StatusFacts): Finding[] {
  if (!schedule.known || schedule.value?.isEnabled) return [];
  if (schedule.value === undefined && isFleet) return [];
  return schedule.value === undefined
    ? [attention(`There is no schedule ${scheduleName(name)}: deploy the stack.`)]
    : [attention(`The schedule ${scheduleName(name)} is off: enable it, or deploy the stack.`)];
}
