import type {
  DeleteParameterRequest,
  GetParametersRequest,
  GetParametersResult,
  PutParameterRequest,
  PutParameterResult,
} from '@aws-sdk/client-ssm';
import { storeAttemptMs } from '../core/limits';
import { type CallOptions, connectAws } from './awsCalls';
import type { EnvironmentVariables } from './awsEndpoint';
import { storeFailure } from './storeFailure';

export /** A parameter, decrypted. */
interface ParameterText {
  readonly value: string;
  /** 1 for a new parameter, one more with each write. */
  readonly version: number;
}

/** The calls that a rotation makes to Parameter Store, each tried once. All throw StoreFailure. */
export interface ParameterStore {
  /** The decrypted values of those that exist, by name; at most 10 names. */
  read(names: readonly string[]): Promise<ReadonlyMap<string, ParameterText>>;
  /**
   * Writes a SecureString, under the account's own `aws/ssm` key by default.
   *
   * @returns the parameter's new version
   * @throws StoreFailure of kind `exists` for one that is there and is not to be overwritten
   */
  writeSecure(
    name: string,
    value: string,
    options: { readonly overwrite: boolean; readonly keyId?: string },
  ): Promise<number>;
  /** Deletes a parameter; one that is gone already is no failure. */
  remove(name: string): Promise<void>;
}

/** What is called of Parameter Store, by the function's own calls or by the SDK's `SSM`. */
export interface ParameterStoreCalls {
  getParameters(
    input: GetParametersRequest,
    options: CallOptions,
  ): Promise<Pick<GetParametersResult, 'Parameters'>>;
  putParameter(
    input: PutParameterRequest,
    options: CallOptions,
  ): Promise<Pick<PutParameterResult, 'Version'>>;
  deleteParameter(input: DeleteParameterRequest, options: CallOptions): Promise<unknown>;
}

const store = 'Parameter Store';

/** A store on calls that are tried once: the rotation has its own budget. */
export function connectParameterStore(env: EnvironmentVariables): ParameterStore {
  const call = connectAws(
    { name: 'ssm', target: 'AmazonSSM', version: '1.1', variable: 'SSM' },
    env,
  );
  return createParameterStore({
    getParameters: (input, options) => call('GetParameters', input, options),
    putParameter: (input, options) => call('PutParameter', input, options),
    deleteParameter: (input, options) => call('DeleteParameter', input, options),
  });
}

/** By any client; each call gets the time of one attempt. */
export function createParameterStore(client: ParameterStoreCalls): ParameterStore {
  const abort = () => ({ abortSignal: AbortSignal.timeout(storeAttemptMs) });

  return {
    async read(names) {
      try {
        const output = await client.getParameters(
          { Names: [...names], WithDecryption: true },
          abort(),
        );
        return new Map(
          (output.Parameters ?? []).map(({ Name = '', Value = '', Version = 0 }) => [
            Name,
            { value: Value, version: Version },
          ]),
        );
      } catch (thrown) {
        throw storeFailure(store, 'GetParameters', names.join(', '), thrown);
      }
    },

    async writeSecure(name, value, { overwrite, keyId }) {
      try {
        const { Version = 0 } = await client.putParameter(
          {
            Name: name,
            Value: value,
            Type: 'SecureString',
            ...(keyId === undefined ? {} : { KeyId: keyId }),
            Overwrite: overwrite,
            // A standard parameter holds 4 KB; long tokens may need more.
            Tier: 'Intelligent-Tiering',
          },
          abort(),
        );
        return Version;
      } catch (thrown) {
        throw storeFailure(store, 'PutParameter', name, thrown);
      }
    },

    async remove(name) {
      try {
        await client.deleteParameter({ Name: name }, abort());
      } catch (thrown) {
        const failure = storeFailure(store, 'DeleteParameter', name, thrown);
        if (failure.kind !== 'missing') throw failure;
      }
    },
  };
}
