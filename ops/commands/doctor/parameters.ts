import { parameterNames } from '../../../lambda/core/names';
import type { EarlierKey } from '../../connection/earlierKeys';
import type { Key } from '../../connection/keys';
import { known, type Reading } from '../../connection/reading';
import { type Check, type CheckResult, fail, notRead, ok, ops, skip } from './check';
import type { DoctorFacts } from './facts';

export function parameterChecks(facts: DoctorFacts): Check[] {
  const { parameters } = facts;
  if (!parameters.known) {
    return [{ id: 'parameters', title: 'parameters', ...notRead(parameters) }];
  }
  const { name } = facts;
  const stored = parameters.value;
  return [
    { id: 'config', title: 'config', ...configFinding(facts) },
    {
      id: 'client-secret',
      title: 'client secret',
      ...clientSecretFinding(name, stored.clientSecretType),
    },
    {
      id: 'staged-secret',
      title: 'staged secret',
      ...stagedSecretFinding(name, stored.stagedSecretType),
    },
    { id: 'escrow', title: 'escrow', ...(stored.hasEscrow ? skip('It is in use.') : ok('empty')) },
  ];
}

function configFinding({ config }: DoctorFacts): CheckResult {
  if (config?.config === undefined) return skip('There is none that is valid.');
  const { authBaseUrl, onBrokenChain } = config.config;
  return ok(`${authBaseUrl}, onBrokenChain ${onBrokenChain}`);
}

function clientSecretFinding(name: string, type: string | undefined): CheckResult {
  if (type === undefined) return skip('There is none.');
  if (type === 'SecureString') return ok('a SecureString');
  const { clientSecret } = parameterNames(name);
  return fail(
    `It is a ${type}: its value is stored, and shown, in the clear.`,
    `A parameter's type cannot be changed. Delete ${clientSecret}, then at once: ${ops(`seed ${name}`)}. Have the secret replaced in Marketing Cloud.`,
  );
}

function stagedSecretFinding(name: string, type: string | undefined): CheckResult {
  if (type === undefined) return ok('none');
  if (type === 'SecureString') return skip('It waits.');
  return fail(
    `It is a ${type}: its value is stored, and shown, in the clear.`,
    `Delete ${parameterNames(name).stagedClientSecret} and have it replaced in Marketing Cloud.`,
  );
}

export function keyChecks({ name, secretKey, clientSecretKey, earlierKeys }: DoctorFacts): Check[] {
  return [
    { id: 'secret-key', title: 'key of secret', ...keyFinding(secretKey) },
    { id: 'client-secret-key', title: 'key of parameter', ...keyFinding(clientSecretKey) },
    ...earlierKeys.map((key) => ({
      id: 'earlier-key',
      title: 'earlier key',
      ...earlierKeyFinding(name, key),
    })),
  ];
}

export function earlierKeyFinding(name: string, { key, locks }: EarlierKey): CheckResult {
  const { arn, state } = key;
  const what = locks.join('; ');
  if (state === 'Enabled') {
    return ok(`${arn} locks ${what}. Disable it once that is done: ${ops(`rekey ${name}`)}`);
  }
  return { ...keyFinding(known(key)), detail: `The key ${arn} is ${state}: it locks ${what}.` };
}

export function keyFinding(key: Reading<Key> | undefined): CheckResult {
  if (key === undefined) return skip('There is nothing encrypted, or it could not be looked at.');
  if (!key.known) return notRead(key);
  const { arn, state, isAwsManaged } = key.value;
  if (state === 'Enabled') return ok(isAwsManaged ? 'AWS managed' : `customer managed, ${arn}`);
  const what = `The key ${arn} is ${state}: nothing can be read or written under it.`;
  if (/^Pending.*Deletion$/.test(state)) {
    return fail(
      what,
      'At once: aws kms cancel-key-deletion, then aws kms enable-key. A deleted key takes the ' +
        'tokens with it.',
    );
  }
  return fail(
    what,
    state === 'Disabled'
      ? 'Enable it: aws kms enable-key.'
      : 'Have the owner of the key make it usable, or deploy the stack with another kmsKeyArn.',
  );
}
