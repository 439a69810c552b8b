import { Redacted } from '../../lambda/core/redacted';
import { serializeTokenSet } from '../../lambda/core/tokenSet';
import { ParameterStoreModel } from '../../local/aws/parameterStore';
import { SecretsManagerModel } from '../../local/aws/secretsManager';
import { ProviderModel } from '../../local/provider/model';
import type { SecondUse } from '../../local/provider/refreshTokens';
import { type Durable, escrowName, secretId } from './chainState';
import type { VirtualTime } from './virtualTime';

export const clientSecret = 'sim-client-secret';
export const stagedClientSecret = 'sim-staged-secret';
const clientId = 'sim-client';

export interface OutsideOptions {
  readonly secondUse: SecondUse;
  readonly onBrokenChain: 'reissue' | 'alarm';
}

/**
 * Everything outside Lambda: the provider and both stores, and what operators, administrators and
 * earlier rotations have done to them.
 */
export class Outside {
  readonly durable: Durable;
  /** Told of every refresh token that comes about here. */
  onIssued: (refreshToken: string) => void = () => {};
  /** Whether a refresh token was used twice so far: else `secondUse` has made no difference. */
  consultedSecondUse = false;
  readonly #options: OutsideOptions;
  readonly #time: VirtualTime;
  readonly #nextId: (kind: string) => string;

  constructor(options: OutsideOptions, time: VirtualTime, nextId: (kind: string) => string) {
    this.#options = options;
    this.#time = time;
    this.#nextId = nextId;
    this.durable = {
      provider: new ProviderModel({
        clientId,
        clientSecret,
        nextId: () => nextId('token'),
        secondUse: options.secondUse,
      }),
      secrets: new SecretsManagerModel(() => time.nowMs),
      parameters: new ParameterStoreModel(() => time.nowMs),
    };
    this.deploy();
  }

  deploy(): void {
    const { secrets, parameters } = this.durable;
    secrets.createSecret({
      Name: secretId,
      ClientRequestToken: this.#nextId('version'),
      SecretString: '{}',
    });
    const { onBrokenChain } = this.#options;
    const config = {
      authBaseUrl: 'https://sim.auth.marketingcloudapis.com',
      clientId,
      onBrokenChain,
    };
    parameters.putParameter({
      Name: '/sfmc/sim/config',
      Type: 'String',
      Value: JSON.stringify(config),
    });
    this.putSecureParameter('/sfmc/sim/client-secret', clientSecret);
  }

  putSecureParameter(name: string, value: string): void {
    this.durable.parameters.putParameter({
      Name: name,
      Type: 'SecureString',
      Value: value,
      Overwrite: true,
    });
  }

  /** Stores a new chain's first refresh token, as after a login. */
  seed(): void {
    const refreshToken = this.startChain(this.#time.nowMs);
    this.putSecret(JSON.stringify({ refreshToken }));
  }

  /** Begins a new chain at the provider and gives its first refresh token. */
  startChain(atMs: number): string {
    const refreshToken = this.durable.provider.startChain('user', atMs);
    this.onIssued(refreshToken);
    return refreshToken;
  }

  /** A token set as if this refresh token had been rotated into the store before. */
  tokenSetText(refreshToken: string, issuedAtMs: number): string {
    const { body } = this.durable.provider.requestToken(
      { clientId, clientSecret, legacy: true },
      issuedAtMs,
    );
    return serializeTokenSet({
      accessToken: new Redacted('accessToken' in body ? body.accessToken : ''),
      refreshToken: new Redacted(refreshToken),
      issuedAtMs,
      expiresAtMs: issuedAtMs + 3_600_000,
    });
  }

  putSecret(text: string, stages?: string[]): string {
    const versionId = this.#nextId('version');
    this.durable.secrets.putSecretValue({
      SecretId: secretId,
      ClientRequestToken: versionId,
      SecretString: text,
      ...(stages ? { VersionStages: stages } : {}),
    });
    return versionId;
  }

  noteUse(refreshToken: string | undefined): void {
    if (refreshToken === undefined) return;
    const { state } = this.durable.provider.refreshTokenState(refreshToken);
    if (state === 'used') this.consultedSecondUse = true;
  }

  putEscrow(text: string): void {
    this.putSecureParameter(escrowName, text);
  }

  /** Uses a refresh token outside any invocation, and gives its successor. */
  use(refreshToken: string, atMs = this.#time.nowMs): string {
    this.noteUse(refreshToken);
    const { body } = this.durable.provider.requestToken(
      { clientId, clientSecret, refreshToken, accessType: 'offline' },
      atMs,
    );
    const successor = 'refreshToken' in body ? (body.refreshToken ?? '') : '';
    this.onIssued(successor);
    return successor;
  }
}
