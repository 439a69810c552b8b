import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { type HttpAnswer, noAnswerInTime } from '../../lambda/core/providerAnswer';
import { createDispatchQueue, type DispatchQueue } from '../../lambda/effects/dispatchQueue';
import type { FollowUpQueue } from '../../lambda/effects/followUpQueue';
import type { ParameterStore } from '../../lambda/effects/parameterStore';
import type { Provider } from '../../lambda/effects/provider';
import { createRegistry, type Registry } from '../../lambda/effects/registry';
import type { SecretStore, SecretText } from '../../lambda/effects/secretStore';
import { type StoreFailure, storeFailure } from '../../lambda/effects/storeFailure';
import { AwsError } from '../../local/aws/awsError';
import type { FleetWorld } from './fleetWorld';
import type { Quotas } from './quotas';

/** One AWS call: counted, on its way there and back, throttled beyond its quota. */
async function awsCall<T>(
  world: FleetWorld,
  operation: string,
  quota: keyof Quotas | undefined,
  carryOut: () => T,
): Promise<T> {
  const { time, latencies, calls, outages } = world;
  calls.note(operation, time.nowMs);
  await time.after(latencies.awsMs / 2);
  try {
    const isDown =
      (outages.has('secrets.both') && operation.startsWith('secretsmanager')) ||
      (outages.has('secrets.writes') && quota === 'secretWrites');
    if (isDown) {
      throw new AwsError('InternalServiceError', 'An error occurred on the server side.', 500);
    }
    if (quota !== undefined && !world.isWithinQuota(quota)) {
      calls.note(`${operation} throttled`, time.nowMs);
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    }
    return carryOut();
  } finally {
    await time.after(latencies.awsMs / 2);
  }
}

/** As the rotator's clients do: tried once, failures classified as the SDK's are. */
async function storeCall<T>(
  world: FleetWorld,
  store: StoreFailure['store'],
  operation: string,
  quota: keyof Quotas,
  resource: string,
  carryOut: () => T,
): Promise<T> {
  try {
    return await awsCall(world, operation, quota, carryOut);
  } catch (thrown) {
    throw storeFailure(store, operation, resource, thrown);
  }
}

export function fleetSecretStore(world: FleetWorld): SecretStore {
  const { secrets } = world;
  const call = <T>(operation: string, quota: keyof Quotas, id: string, carryOut: () => T) =>
    storeCall(world, 'Secrets Manager', `secretsmanager:${operation}`, quota, id, carryOut);
  const read = (
    SecretId: string,
    version: { VersionId: string } | { VersionStage: string },
  ): SecretText => {
    const output = secrets.getSecretValue({ SecretId, ...version });
    return {
      versionId: output.VersionId,
      stages: output.VersionStages ?? [],
      createdAtMs: (output.CreatedDate ?? 0) * 1_000,
      text: output.SecretString ?? '',
    };
  };
  return {
    readCurrent: (id) =>
      call('GetSecretValue', 'secretReads', id, () => read(id, { VersionStage: 'AWSCURRENT' })),
    readVersion: (id, versionId) =>
      call('GetSecretValue', 'secretReads', id, () => read(id, { VersionId: versionId })),
    listVersions: (id) =>
      call('ListSecretVersionIds', 'secretReads', id, () =>
        secrets
          .listSecretVersionIds({ SecretId: id, IncludeDeprecated: true, MaxResults: 100 })
          .Versions.map((version) => ({
            versionId: version.VersionId,
            stages: version.VersionStages ?? [],
            createdAtMs: (version.CreatedDate ?? 0) * 1_000,
          })),
      ),
    put: (id, versionId, text, stages) =>
      call('PutSecretValue', 'secretWrites', id, () => {
        secrets.putSecretValue({
          SecretId: id,
          ClientRequestToken: versionId,
          SecretString: text,
          ...(stages ? { VersionStages: stages } : {}),
        });
      }),
    moveStage: (id, stage, from, to) =>
      call('UpdateSecretVersionStage', 'secretWrites', id, () => {
        secrets.updateSecretVersionStage({
          SecretId: id,
          VersionStage: stage,
          RemoveFromVersionId: from,
          MoveToVersionId: to,
        });
      }),
  };
}

export function fleetParameterStore(world: FleetWorld): ParameterStore {
  const { parameters } = world;
  const call = <T>(operation: string, quota: keyof Quotas, name: string, carryOut: () => T) =>
    storeCall(world, 'Parameter Store', `ssm:${operation}`, quota, name, carryOut);
  return {
    read: (names) =>
      call('GetParameters', 'parameterReads', names.join(', '), () => {
        const output = parameters.getParameters({ Names: [...names], WithDecryption: true });
        return new Map(
          output.Parameters.map(({ Name, Value = '', Version }) => [
            Name,
            { value: Value, version: Version },
          ]),
        );
      }),
    writeSecure: (name, value, { overwrite, keyId }) =>
      call('PutParameter', 'parameterWrites', name, () => {
        const { Version } = parameters.putParameter({
          Name: name,
          Value: value,
          Type: 'SecureString',
          Overwrite: overwrite,
          ...(keyId === undefined ? {} : { KeyId: keyId }),
        });
        return Version;
      }),
    remove: (name) =>
      call('DeleteParameter', 'parameterWrites', name, () => {
        parameters.deleteParameters({ Names: [name] });
      }),
  };
}

const response = (status: number, body: unknown): HttpAnswer => ({
  kind: 'response',
  status,
  body: JSON.stringify(body),
});

export function fleetProvider(world: FleetWorld): Provider {
  const { time, calls, provider, outages, latencies } = world;
  return {
    async requestToken(request, timeoutMs) {
      calls.note('provider:requestToken', time.nowMs);
      if (outages.has('provider.silent')) {
        await time.after(timeoutMs);
        return { kind: 'noResponse', reason: noAnswerInTime };
      }
      await time.after(latencies.providerMs / 2);
      const answer = outages.has('provider.own503')
        ? { status: 503, body: { message: 'Service Unavailable', errorcode: 50300 } }
        : provider.requestToken(
            {
              clientId: request.clientId,
              clientSecret: request.clientSecret.reveal(),
              refreshToken: request.refreshToken?.reveal(),
              accessType: request.offline ? 'offline' : undefined,
              legacy: true,
            },
            time.nowMs,
          );
      await time.after(latencies.providerMs / 2);
      return response(answer.status, answer.body);
    },
    tokenContext: async () => response(404, {}),
    // Never asked: the addresses of a tenant follow from its name.
    endpoints: async () => response(404, {}),
  };
}

/** What replaces messages that grew old behind others. */
export function fleetFollowUps(world: FleetWorld): FollowUpQueue {
  return {
    send: ({ connection, force }) =>
      awsCall(world, 'sqs:SendMessage', undefined, () => {
        world.sqs.sendMessage({
          QueueUrl: world.queueUrl,
          MessageBody: JSON.stringify({ connection, isFollowUp: true, ...(force && { force }) }),
          MessageGroupId: connection,
          MessageDeduplicationId: world.versionId(),
        });
      }),
  };
}

/** The attempts of the dispatcher's SDK clients, and the longest wait between two of them. */
const sdkAttempts = 8;
const longestSdkDelayMs = 20_000;

/** Repeats as the SDK does: "Retry behavior" (AWS SDKs and Tools Reference Guide), standard mode. */
async function repeated<T>(world: FleetWorld, call: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await call();
    } catch (thrown) {
      if (attempts >= sdkAttempts) throw thrown;
      const ceilingMs = Math.min(longestSdkDelayMs, 500 * 2 ** (attempts - 1));
      await world.time.after(world.random() * ceilingMs);
    }
  }
}

/** The real registry, on an SDK client that the model answers. */
export function fleetRegistry(world: FleetWorld): Registry {
  const client = new SSMClient({ region: 'us-east-1' });
  const send = ({ input }: { input: unknown }) =>
    repeated(world, () =>
      awsCall(world, 'ssm:GetParametersByPath', 'parameterListings', () =>
        world.parameters.getParametersByPath(input as never),
      ),
    );
  return createRegistry(Object.assign(client, { send }), '/sfmc/');
}

/** The real queue, on an SDK client that the model answers. */
export function fleetQueue(world: FleetWorld, onSent: () => void): DispatchQueue {
  const client = new SQSClient({ region: 'us-east-1' });
  const send = ({ input }: { input: unknown }) =>
    repeated(world, async () => {
      const output = await awsCall(world, 'sqs:SendMessageBatch', undefined, () =>
        world.sqs.sendMessageBatch(input as never),
      );
      onSent();
      return output;
    });
  return createDispatchQueue(Object.assign(client, { send }), world.queueUrl);
}
