import { storeAttemptMs } from '../../lambda/core/limits';
import type { HttpAnswer } from '../../lambda/core/providerAnswer';
import type { ParameterStore } from '../../lambda/effects/parameterStore';
import type { Provider } from '../../lambda/effects/provider';
import type { SecretStore, SecretText } from '../../lambda/effects/secretStore';
import {
  StoreFailure,
  type StoreFailureKind,
  storeFailure,
} from '../../lambda/effects/storeFailure';
import { secretId } from './chainState';
import type { Call, Fault } from './faults';
import type { Target } from './outages';
import type { Invocation, Simulation } from './simulation';

const storeNames = { secrets: 'Secrets Manager', parameters: 'Parameter Store' } as const;

/** How a store fails at each fault; those that are not here do not touch it. */
const failureKinds: Partial<Record<Fault, StoreFailureKind>> = {
  throttled: 'transient',
  storeOutage: 'transient',
  denied: 'denied',
  kmsOutage: 'denied',
  versionLimit: 'notRetryable',
};

/** One call of a store, with what the fault and a lasting outage make of it. */
function storeCall<T>(
  simulation: Simulation,
  invocation: Invocation,
  call: Call,
  carryOut: (fault: Fault | undefined) => T,
  { writes = false }: { writes?: boolean } = {},
): Promise<T> {
  const target = call.split('.')[0] as 'secrets' | 'parameters';
  const fail = (kind: StoreFailureKind, why: string) =>
    new StoreFailure(storeNames[target], kind, `${call} failed: ${why}`);
  return simulation.effect(invocation, call, async (fault) => {
    if (fault && isLasting(fault)) simulation.outages.begin(target, fault);
    const trouble = simulation.outages.at(target, writes) ?? fault;
    const kind = trouble && failureKinds[trouble];
    if (kind !== undefined) throw fail(kind, trouble ?? '');
    if (fault === 'slow' && !writes) {
      await simulation.time.after(storeAttemptMs);
      throw fail('transient', fault);
    }
    const result = tryOut(storeNames[target], call, () => carryOut(fault));
    if (fault === 'slow') await simulation.time.after(storeAttemptMs);
    if (fault === 'slow' || fault === 'lostResponse') throw fail('transient', fault);
    return result;
  });
}

const isLasting = (fault: Fault) =>
  fault === 'storeOutage' || fault === 'kmsOutage' || fault === 'versionLimit';

/** The models throw AWS's own errors; they are classified as the SDK's are. */
function tryOut<T>(store: StoreFailure['store'], call: Call, carryOut: () => T): T {
  try {
    return carryOut();
  } catch (thrown) {
    throw storeFailure(store, call, secretId, thrown);
  }
}

export function simulatedSecretStore(simulation: Simulation, invocation: Invocation): SecretStore {
  const { secrets } = simulation.durable;
  const read = (version: { VersionId?: string; VersionStage?: string }): SecretText => {
    const output = secrets.getSecretValue({ SecretId: secretId, ...version });
    return {
      versionId: output.VersionId,
      stages: output.VersionStages ?? [],
      createdAtMs: (output.CreatedDate ?? 0) * 1_000,
      text: output.SecretString ?? '',
    };
  };
  const hasPrevious = () =>
    Object.values(secrets.describeSecret({ SecretId: secretId }).VersionIdsToStages ?? {}).some(
      (stages) => stages.includes('AWSPREVIOUS'),
    ) && read({ VersionStage: 'AWSPREVIOUS' }).text !== '{}';
  return {
    readCurrent: () =>
      storeCall(simulation, invocation, 'secrets.readCurrent', (fault) =>
        read({
          VersionStage: fault === 'staleRead' && hasPrevious() ? 'AWSPREVIOUS' : 'AWSCURRENT',
        }),
      ),
    readVersion: (_id, versionId) =>
      storeCall(simulation, invocation, 'secrets.readVersion', () =>
        read({ VersionId: versionId }),
      ),
    listVersions: () =>
      storeCall(simulation, invocation, 'secrets.listVersions', () =>
        secrets
          .listSecretVersionIds({ SecretId: secretId, IncludeDeprecated: true, MaxResults: 100 })
          .Versions.map((version) => ({
            versionId: version.VersionId,
            stages: version.VersionStages ?? [],
            createdAtMs: (version.CreatedDate ?? 0) * 1_000,
          })),
      ),
    put: (_id, versionId, text, stages) =>
      storeCall(
        simulation,
        invocation,
        'secrets.put',
        () => {
          if (stages === undefined) simulation.properties.beforeCurrentMoves(text);
          secrets.putSecretValue({
            SecretId: secretId,
            ClientRequestToken: versionId,
            SecretString: text,
            ...(stages ? { VersionStages: stages } : {}),
          });
        },
        { writes: true },
      ),
    moveStage: (_id, stage, from, to) =>
      storeCall(
        simulation,
        invocation,
        'secrets.moveStage',
        () => {
          if (stage === 'AWSCURRENT' && to !== undefined) {
            simulation.properties.beforeCurrentMoves(read({ VersionId: to }).text);
          }
          secrets.updateSecretVersionStage({
            SecretId: secretId,
            VersionStage: stage,
            RemoveFromVersionId: from,
            MoveToVersionId: to,
          });
        },
        { writes: true },
      ),
  };
}

export function simulatedParameterStore(
  simulation: Simulation,
  invocation: Invocation,
): ParameterStore {
  const { parameters } = simulation.durable;
  return {
    read: (names) =>
      storeCall(simulation, invocation, 'parameters.read', () => {
        const output = parameters.getParameters({ Names: [...names], WithDecryption: true });
        return new Map(output.Parameters.map(({ Name = '', Value = '' }) => [Name, Value]));
      }),
    writeSecure: (name, value) =>
      storeCall(
        simulation,
        invocation,
        'parameters.write',
        () => simulation.outside.putSecureParameter(name, value),
        { writes: true },
      ),
    remove: (name) =>
      storeCall(
        simulation,
        invocation,
        'parameters.remove',
        () => {
          parameters.deleteParameters({ Names: [name] });
        },
        { writes: true },
      ),
  };
}

/** Faults after which the rotation cannot know what the provider said. */
const losesAnswer: ReadonlySet<Fault> = new Set<Fault>([
  'crashAfter',
  'absurdExpiry',
  'lostResponse',
  'slow',
  'internalErrorAfterUse',
  'htmlUnavailable',
  'html200',
  'empty200',
]);

const response = (status: number, body: unknown): HttpAnswer => ({
  kind: 'response',
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const noResponse: HttpAnswer = { kind: 'noResponse', reason: 'no answer' };

export function simulatedProvider(simulation: Simulation, invocation: Invocation): Provider {
  const { provider } = simulation.durable;
  const target: Target = 'provider';
  return {
    requestToken: (request, timeoutMs) =>
      simulation.effect(invocation, 'provider.requestToken', async (fault) => {
        if (fault === 'providerOutage') simulation.outages.begin(target, fault);
        if (simulation.outages.at(target, true)) return response(503, '<html></html>');
        if (fault === 'refusedConnection') return noResponse;
        if (fault === 'rateLimited')
          return { ...response(429, { retryAfter: 5 }), retryAfter: '5' };
        if (fault === 'internalError') return response(500, { errorcode: 0 });

        simulation.outside.noteUse(request.refreshToken?.reveal());
        if (request.offline && !request.refreshToken) simulation.consultedOnBrokenChain = true;
        const answer = provider.requestToken(
          {
            clientId: request.clientId,
            clientSecret: request.clientSecret.reveal(),
            refreshToken: request.refreshToken?.reveal(),
            accessType: request.offline ? 'offline' : undefined,
            legacy: true,
          },
          simulation.time.nowMs,
        );
        const isDelivered = fault === undefined || !losesAnswer.has(fault);
        const { body } = answer;
        simulation.properties.afterTokenRequest(invocation, request, {
          status: answer.status,
          isDelivered,
          refreshToken: 'refreshToken' in body ? body.refreshToken : undefined,
        });
        switch (fault) {
          case 'lostResponse':
            return noResponse;
          case 'slow':
            await simulation.time.after(timeoutMs);
            return noResponse;
          case 'internalErrorAfterUse':
            return response(500, { errorcode: 0 });
          case 'htmlUnavailable':
            return response(503, '<html></html>');
          case 'html200':
            return response(200, '<html></html>');
          case 'empty200':
            return response(200, '');
          default:
        }
        if (answer.status !== 200) return response(answer.status, body);
        if (fault === 'noRefreshToken') return response(200, { ...body, refreshToken: undefined });
        return response(200, fault === 'absurdExpiry' ? { ...body, expiresIn: -1 } : body);
      }),

    tokenContext: (_url, accessToken) =>
      simulation.effect(invocation, 'provider.tokenContext', (fault) => {
        if (simulation.outages.at(target, true)) return response(503, '');
        if (fault === 'refusedConnection') return noResponse;
        if (fault === 'rateLimited') return { ...response(429, {}), retryAfter: '5' };
        if (fault === 'internalError') return response(500, {});
        const valid = provider.isAccessTokenValid(accessToken.reveal(), simulation.time.nowMs);
        return response(valid ? 202 : 401, {});
      }),
  };
}
