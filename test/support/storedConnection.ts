import { randomUUID } from 'node:crypto';
import type { AwsLocal } from '../../local/aws/server';

/** The secret's members, as a reader in any language sees them. */
export interface StoredTokenSet {
  readonly accessToken?: string;
  readonly legacyToken?: string;
  readonly refreshToken?: string;
  readonly issuedAt?: string;
  readonly expiresAt?: string;
  readonly restBaseUrl?: string;
  readonly soapBaseUrl?: string;
}

/** What the stores hold of a connection, put and looked at without a request. */
export class StoredConnection {
  readonly #secretId: string;

  constructor(
    private readonly aws: Pick<AwsLocal, 'secretsManager' | 'parameterStore'>,
    private readonly connection = 'acme',
  ) {
    this.#secretId = `sfmc/${connection}`;
  }

  /** Stores a value as an operator does and returns its version; creates the secret if need be. */
  put(value: StoredTokenSet | string, stages?: string[]): string {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    const version = { ClientRequestToken: randomUUID(), SecretString: text };
    const { secretsManager } = this.aws;
    if (secretsManager.arnOf(this.#secretId) === undefined) {
      secretsManager.createSecret({ ...version, Name: this.#secretId });
    } else {
      secretsManager.putSecretValue({
        ...version,
        SecretId: this.#secretId,
        VersionStages: stages,
      });
    }
    return version.ClientRequestToken;
  }

  current(): StoredTokenSet {
    return this.read({ VersionStage: 'AWSCURRENT' });
  }

  read(version: { VersionStage: string } | { VersionId: string }): StoredTokenSet {
    const { SecretString } = this.aws.secretsManager.getSecretValue({
      SecretId: this.#secretId,
      ...version,
    });
    return JSON.parse(SecretString ?? '{}');
  }

  /** The refresh token that was kept of an answer which could not be used otherwise. */
  salvaged(): string | undefined {
    const versionId = this.versionOf('SFMC_SALVAGED');
    return versionId && this.read({ VersionId: versionId }).refreshToken;
  }

  /** Each labelled version and its labels. */
  stages(): Readonly<Record<string, readonly string[]>> {
    return (
      this.aws.secretsManager.describeSecret({ SecretId: this.#secretId }).VersionIdsToStages ?? {}
    );
  }

  versionOf(stage: string): string | undefined {
    return Object.entries(this.stages()).find(([, stages]) => stages.includes(stage))?.[0];
  }

  /** How many versions the secret has, those without a label too. */
  versionCount(): number {
    const listed = { SecretId: this.#secretId, IncludeDeprecated: true };
    return this.aws.secretsManager.listSecretVersionIds(listed).Versions.length;
  }

  /** Replaces the connection's config by these members over `onBrokenChain: "alarm"`. */
  configure(members: Readonly<Record<string, unknown>>): void {
    this.putParameter('config', JSON.stringify({ onBrokenChain: 'alarm', ...members }), 'String');
  }

  putParameter(
    leaf: 'config' | 'client-secret' | 'client-secret-next' | 'escrow',
    Value: string,
    Type: 'String' | 'SecureString' = 'SecureString',
  ): void {
    this.aws.parameterStore.putParameter({
      Name: `/sfmc/${this.connection}/${leaf}`,
      Value,
      Type,
      Overwrite: true,
    });
  }

  deleteParameter(leaf: string): void {
    this.aws.parameterStore.deleteParameter({ Name: `/sfmc/${this.connection}/${leaf}` });
  }

  /** The escrow's text, or undefined if there is none. */
  escrow(): string | undefined {
    const found = this.aws.parameterStore.getParameters({
      Names: [`/sfmc/${this.connection}/escrow`],
      WithDecryption: true,
    });
    return found.Parameters[0]?.Value;
  }
}
