import { storeAttemptMs } from '../../lambda/core/limits';
import type { ParameterStore } from '../../lambda/effects/parameterStore';
import type { SecretStore, SecretText } from '../../lambda/effects/secretStore';
import { type StoreFailure, storeFailure } from '../../lambda/effects/storeFailure';
import { awsError } from '../outside/awsErrors';
import { secretId } from '../outside/outside';
import type { ReadVersion } from '../outside/secretsManager';
import type { Invocation } from '../simulated';
import { type Call, type StoreFault, storeOf } from '../vocabulary';
import { type Affected, effect, type Outcome, type Trouble } from './effect';

const storeNames = { secrets: 'Secrets Manager', parameters: 'Parameter Store' } as const;

/** One call of a store, with what its trouble makes of it. */
function storeCall<T>(
  simulation: Affected,
  invocation: Invocation,
  call: Call,
  carryOut: (what: StoreFault['what'] | undefined) => T,
): Promise<T> {
  const fail = (error: Error): StoreFailure =>
    storeFailure(storeNames[storeOf(call) ?? 'secrets'], call, secretId, error);
  return effect(simulation, invocation, call, (trouble) => {
    const refusal = refusalOf(trouble);
    if (refusal) return { error: fail(refusal) };
    const what = trouble?.kind === 'store' ? trouble.what : undefined;
    const outcome = what === 'hangs' ? {} : tryOut(() => carryOut(what), fail);
    if (what === 'hangs' || what === 'slow') {
      return { error: fail(awsError('TimeoutError')), delayMs: storeAttemptMs };
    }
    if (what === 'lostResponse') return { error: fail(awsError('NetworkingError')) };
    return outcome;
  });
}

function tryOut<T>(carryOut: () => T, fail: (error: Error) => StoreFailure): Outcome<T> {
  try {
    return { value: carryOut() };
  } catch (thrown) {
    if (thrown instanceof Error) return { error: fail(thrown) };
    throw thrown;
  }
}

/** What keeps a call from being carried out. */
function refusalOf(trouble: Trouble | undefined): Error | undefined {
  if (trouble?.kind === 'outage') return awsError(trouble.error);
  if (trouble?.kind !== 'store') return undefined;
  if (trouble.what === 'throttled') return awsError('ThrottlingException');
  return trouble.what === 'denied' ? awsError('AccessDeniedException') : undefined;
}

const toText = ({ id, stages, createdAtMs, text }: ReadVersion): SecretText => ({
  versionId: id,
  stages,
  createdAtMs,
  text,
});

/** Their names, for the story. */
const refreshTokensIn = (text: string) => text.match(/refresh-\d+/g)?.join(', ') ?? 'nothing';

export function simulatedSecretStore(simulation: Affected, invocation: Invocation): SecretStore {
  const { secrets } = simulation.outside;
  const call = <T>(name: Call, carryOut: (what: StoreFault['what'] | undefined) => T) =>
    storeCall(simulation, invocation, name, carryOut);
  return {
    readCurrent: () =>
      call('secrets.readCurrent', (what) => {
        invocation.hasReadSecret = true;
        return toText(
          what === 'stale' ? secrets.readStaleCurrent() : secrets.readStage('AWSCURRENT'),
        );
      }),
    readVersion: (_, versionId) =>
      call('secrets.readVersion', (what) => {
        if (what === 'notVisible' && secrets.isLagging(versionId)) {
          throw awsError('ResourceNotFoundException');
        }
        return toText(secrets.read(versionId));
      }),
    listVersions: () =>
      call('secrets.listVersions', (what) => {
        invocation.hasReadSecret = true;
        return secrets.list({ isStale: what === 'stale' }).map(toText);
      }),
    put: (_, versionId, text, stages) =>
      call('secrets.put', () => {
        simulation.trace(
          () => `${refreshTokensIn(text)} into ${stages?.join(', ') ?? 'AWSCURRENT'}`,
        );
        return secrets.put(versionId, text, stages);
      }),
    moveStage: (_, stage, from, to) =>
      call('secrets.moveStage', () => secrets.moveStage(stage, from, to)),
  };
}

export function simulatedParameterStore(
  simulation: Affected,
  invocation: Invocation,
): ParameterStore {
  const { parameters } = simulation.outside;
  const call = <T>(name: Call, carryOut: (what: StoreFault['what'] | undefined) => T) =>
    storeCall(simulation, invocation, name, carryOut);
  return {
    read: (names) =>
      call('parameters.read', (what) => parameters.read(names, { isStale: what === 'stale' })),
    writeSecure: (name, value, { overwrite }) =>
      call('parameters.write', (what) => {
        if (what === 'otherWriter') {
          const present = parameters.get(name)?.value ?? '[]';
          parameters.put(name, present, true);
        }
        simulation.trace(() => `${refreshTokensIn(value)} into ${name}`);
        return parameters.put(name, value, overwrite);
      }),
    async remove(name) {
      await call('parameters.remove', () => {
        if (parameters.get(name)) parameters.remove(name);
      });
    },
  };
}
