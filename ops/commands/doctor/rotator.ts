import { functionTimeoutMs } from '../../../lambda/core/limits';
import { scheduleName } from '../../../lambda/core/names';
import { parseJson } from '../../../lambda/core/validate';
import { deployFleetCommand } from '../../connection/fleet';
import { connectionIn, isQueueArn } from '../../connection/keeper';
import { timeText } from '../../terminal/text';
import { type Check, type CheckResult, deploy, fail, notRead, ok, skip, warn } from './check';
import type { DoctorFacts } from './facts';

const timeoutSeconds = functionTimeoutMs / 1_000;

export function rotatorChecks(facts: DoctorFacts): Check[] {
  return [
    { id: 'function', title: 'function', ...functionFinding(facts) },
    { id: 'schedule', title: 'schedule', ...scheduleFinding(facts) },
    { id: 'recent-errors', title: 'recent errors', ...errorFinding(facts) },
  ];
}

function functionFinding({ secret, functionArn, isFleet, rotator }: DoctorFacts): CheckResult {
  if (rotator === undefined && !secret.known) return notRead(secret);
  if (rotator === undefined) return fail('No function is attached to the secret.', deploy);
  if (!rotator.known) return notRead(rotator);
  if (rotator.value === undefined) {
    const remedy = isFleet ? `Deploy the fleet: ${deployFleetCommand}.` : deploy;
    return fail(`${functionArn} does not exist.`, remedy);
  }
  const { name, state, lastUpdate, timeoutSeconds: timeout } = rotator.value;
  if (state === 'Failed') return fail(`${name} is in state ${state}.`, deploy);
  if (lastUpdate === 'Failed') return fail(`The last update of ${name} failed.`, deploy);
  if (state !== 'Active' || lastUpdate !== 'Successful') {
    return warn(
      `${name} is in state ${state}, its last update ${lastUpdate}.`,
      'Wait a minute and look again. If it stays so, deploy the stack.',
    );
  }
  if (timeout === timeoutSeconds) {
    return ok(`${isFleet ? "the fleet's, " : ''}${name}, active, timeout ${timeout} s`);
  }
  return warn(
    `${name} has a timeout of ${timeout} s instead of ${timeoutSeconds} s.`,
    `${deploy} What fails comes again after a minute: with ${timeoutSeconds} s each, the attempts cover the 5 minutes in which a lost answer can be asked for again.`,
  );
}

function scheduleFinding({ name, schedule, functionArn, isFleet }: DoctorFacts): CheckResult {
  if (!schedule.known) return notRead(schedule);
  const called = scheduleName(name);
  if (schedule.value === undefined) {
    return isFleet
      ? ok('none of its own: the fleet sends it once in 20 minutes')
      : skip('There is none.');
  }
  const { isEnabled, expression, targetArn, groupId, input } = schedule.value;
  const isQueue = isQueueArn(targetArn);
  if (!isEnabled) return skip('It is off.');
  if (!isQueue && functionArn !== undefined && targetArn !== functionArn) {
    return fail(`It invokes ${targetArn}, and not the function attached to the secret.`, deploy);
  }
  if (isQueue && groupId !== name) {
    return fail(
      `Its messages are of the group ${groupId ?? 'of nobody'}, and not of ${name}: they may overlap.`,
      deploy,
    );
  }
  const json = parseJson(input);
  const event = (json.ok ? json.value : undefined) as { force?: unknown };
  if (connectionIn(schedule.value) !== name) {
    return fail(`It does not send {"connection":"${name}"}.`, deploy);
  }
  if (event.force !== undefined && event.force !== false) {
    return fail(
      'It sends "force": every tick rotates, and Secrets Manager is full after 9 hours.',
      deploy,
    );
  }
  if (isQueue) return ok(`${called}, on, ${expression}`);
  return warn(
    `${called} invokes the function itself, as in an earlier release: two rotations may overlap, and what fails is tried twice more.`,
    `${deploy} Then it sends to a queue.`,
  );
}

function errorFinding({ nowMs, isFleet, rotator, lastError }: DoctorFacts): CheckResult {
  if (lastError === undefined) {
    return skip(rotator === undefined ? 'No function is attached.' : 'The function is not known.');
  }
  if (!lastError.known) return notRead(lastError);
  if (lastError.value === undefined)
    return ok(isFleet ? 'none in the last hour' : 'none in the last 24 hours');
  const { atMs, code } = lastError.value;
  return ok(`the last one, ${code}, came ${timeText(atMs, nowMs)}; a rotation has succeeded since`);
}

export function permissionChecks({ rotator, permissions }: DoctorFacts): Check[] {
  const role = rotator?.known ? rotator.value?.roleArn : undefined;
  return permissionFindings(role ?? '', permissions).map((finding) => ({
    id: 'permissions',
    title: 'permissions',
    ...finding,
  }));
}

/** What concerns others than the tokens. */
const lesser = ['sqs:SendMessage', 'events:PutEvents', 'logs:CreateLogStream', 'logs:PutLogEvents'];

function permissionFindings(role: string, permissions: DoctorFacts['permissions']): CheckResult[] {
  if (permissions === undefined) return [skip('The function is not known.')];
  if (!permissions.known) {
    return [
      {
        ...skip(permissions.why),
        remedy: 'To have them checked, allow yourself iam:SimulatePrincipalPolicy.',
      },
    ];
  }
  const denied = permissions.value.filter(({ allowed }) => !allowed);
  if (denied.length === 0) return [ok(`${role} may do all ${permissions.value.length} things`)];
  return denied.map(({ action, resource }) => {
    const what = `${role} may not ${action} on ${resource}.`;
    const remedy = `${deploy} If it is denied again, look for a permissions boundary or a policy that denies.`;
    return lesser.includes(action) ? warn(what, remedy) : fail(what, remedy);
  });
}
