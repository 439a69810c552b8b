import { versionIdOf } from '../../lambda/core/lineage';
import { SimulatedParameterStore } from './parameterStore';
import { accessTokenLifeMs, Provider, type ProviderOptions } from './provider';
import { SecretsManager } from './secretsManager';
import { Stored } from './stored';

export const connection = 'sim';
export const secretId = 'sfmc/sim';
const configName = '/sfmc/sim/config';
export const clientSecretName = '/sfmc/sim/client-secret';
export const stagedClientSecretName = '/sfmc/sim/client-secret-next';
export const escrowName = '/sfmc/sim/escrow';
export const clientSecret = 'client-secret';
export const stagedClientSecret = 'staged-client-secret';
/** How long ago the connection was deployed. */
const deployedMs = 30 * 24 * 3_600_000;

export interface OutsideOptions extends ProviderOptions {
  readonly onBrokenChain: 'reissue' | 'alarm';
}

/**
 * Everything outside Lambda: the provider and both stores, with what operators, administrators and
 * earlier rotations did to them.
 */
export class Outside {
  readonly provider: Provider;
  readonly secrets: SecretsManager;
  readonly parameters: SimulatedParameterStore;
  readonly stored: Stored;
  readonly #onBrokenChain: 'reissue' | 'alarm';
  #ids = 0;

  constructor(options: OutsideOptions, now: () => number) {
    this.provider = new Provider(options);
    this.provider.acceptedSecrets.add(clientSecret);
    this.secrets = new SecretsManager(now);
    this.parameters = new SimulatedParameterStore(now);
    this.stored = new Stored(this.secrets, this.parameters, escrowName);
    this.secrets.put(this.nextId(), '{}', ['AWSCURRENT'], now() - deployedMs);
    this.#onBrokenChain = options.onBrokenChain;
    this.#putConfig('client');
    this.parameters.put(clientSecretName, clientSecret, true);
    this.parameters.settle();
  }

  #putConfig(clientId: string): void {
    const authBaseUrl = 'https://sim.auth.marketingcloudapis.com';
    const config = { authBaseUrl, clientId, onBrokenChain: this.#onBrokenChain };
    this.parameters.put(configName, JSON.stringify(config), true);
  }

  /** A person names another package in the config, for which the client secret is right. */
  correctClientId(): void {
    this.#putConfig('another-client');
    this.provider.acceptedSecrets.add(clientSecret);
  }

  /** An id such as an SDK client makes for a version. */
  nextId(): string {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, '0')}`;
  }

  /** A token set as a rotation stores it, with a new access token. */
  tokenSet(refreshToken: string, issuedAtMs: number, lifeMs = accessTokenLifeMs): TokenSetText {
    const { accessToken, legacyToken } = this.provider.issueAccessToken(issuedAtMs, lifeMs);
    return {
      accessToken,
      legacyToken,
      refreshToken,
      issuedAt: new Date(issuedAtMs).toISOString(),
      expiresAt: new Date(issuedAtMs + lifeMs).toISOString(),
      restBaseUrl: 'https://sim.rest.marketingcloudapis.com',
      soapBaseUrl: 'https://sim.soap.marketingcloudapis.com/Service.asmx',
    };
  }

  /** Stores what an earlier rotation published, or left under another label, when it was issued. */
  putRotated(tokenSet: TokenSetText, stages?: readonly string[]): string {
    const text = JSON.stringify(tokenSet);
    const id = versionIdOf(this.secrets.holderOf('AWSCURRENT') ?? '', text);
    this.secrets.put(id, text, stages, Date.parse(tokenSet.issuedAt));
    return id;
  }

  /** Uses a refresh token outside any invocation, and gives its successor. */
  use(refreshToken: string, atMs: number): string {
    const request = { clientSecret, refreshToken, isOffline: true };
    const successor = this.provider.requestToken(request, atMs)?.refreshToken ?? '';
    this.provider.noteReceived(successor);
    return successor;
  }

  /** As an earlier rotation has parked it, some minutes ago. */
  putEscrow(value: unknown): void {
    this.parameters.put(escrowName, JSON.stringify(value), true);
    this.parameters.settle();
  }

  get escrowText(): string | undefined {
    return this.parameters.get(escrowName)?.value;
  }
}

export interface TokenSetText {
  readonly accessToken: string;
  readonly legacyToken: string;
  readonly refreshToken: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly restBaseUrl: string;
  readonly soapBaseUrl: string;
}
