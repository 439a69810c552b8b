import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  type CreateSecretCommandInput,
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type PutSecretValueCommandInput,
  type SecretsManagerClient,
  UpdateSecretCommand,
  type UpdateSecretCommandInput,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

/** A version's name in a row, in place of its id: `v1`, `v2`. Its value is `value of v1`. */
export type VersionName = `v${number}`;

/** One secret of a row, whose versions go by names. */
export class ConformanceSecret {
  readonly #idByName = new Map<VersionName, string>();

  constructor(
    private readonly client: SecretsManagerClient,
    readonly id: string,
  ) {}

  /** The version id, and ClientRequestToken, of a version with or without a value yet. */
  idOf(version: VersionName): string {
    const id = this.#idByName.get(version) ?? randomUUID();
    this.#idByName.set(version, id);
    return id;
  }

  nameOf(id: string | undefined): VersionName | 'unknown' {
    for (const [name, known] of this.#idByName) if (known === id) return name;
    return 'unknown';
  }

  create(version: VersionName, input: Partial<CreateSecretCommandInput> = {}) {
    return this.client.send(
      new CreateSecretCommand({ Name: this.id, ...this.#valueOf(version), ...input }),
    );
  }

  /** A secret that has no version. */
  createEmpty() {
    return this.client.send(new CreateSecretCommand({ Name: this.id }));
  }

  put(version: VersionName, input: Partial<PutSecretValueCommandInput> = {}) {
    return this.client.send(
      new PutSecretValueCommand({ SecretId: this.id, ...this.#valueOf(version), ...input }),
    );
  }

  update(version: VersionName, input: Partial<UpdateSecretCommandInput> = {}) {
    return this.client.send(
      new UpdateSecretCommand({ SecretId: this.id, ...this.#valueOf(version), ...input }),
    );
  }

  /** UpdateSecret with a key and no value. */
  updateKey(KmsKeyId: string) {
    return this.client.send(new UpdateSecretCommand({ SecretId: this.id, KmsKeyId }));
  }

  /** UpdateSecretVersionStage. */
  move(label: string, { to, from }: { to?: VersionName; from?: VersionName }) {
    return this.client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: this.id,
        VersionStage: label,
        ...(to !== undefined && { MoveToVersionId: this.idOf(to) }),
        ...(from !== undefined && { RemoveFromVersionId: this.idOf(from) }),
      }),
    );
  }

  get(selector: Partial<GetSecretValueCommandInput> = {}) {
    return this.client.send(new GetSecretValueCommand({ SecretId: this.id, ...selector }));
  }

  /** The value alone. */
  async read(selector?: Partial<GetSecretValueCommandInput>) {
    return (await this.get(selector)).SecretString;
  }

  describe() {
    return this.client.send(new DescribeSecretCommand({ SecretId: this.id }));
  }

  /** The labelled versions by their names, with the labels sorted, as DescribeSecret gives them. */
  async labels(): Promise<Partial<Record<VersionName | 'unknown', string[]>>> {
    const { VersionIdsToStages = {} } = await this.describe();
    return Object.fromEntries(
      Object.entries(VersionIdsToStages).map(([id, labels]) => [this.nameOf(id), labels.sort()]),
    );
  }

  /** ListSecretVersionIds in one page, oldest first by name. */
  async versions(includeDeprecated: boolean) {
    const { Versions = [] } = await this.client.send(
      new ListSecretVersionIdsCommand({
        SecretId: this.id,
        IncludeDeprecated: includeDeprecated,
      }),
    );
    return Versions.map(({ VersionId, VersionStages }) => ({
      version: this.nameOf(VersionId),
      labels: VersionStages,
    })).sort((a, b) => a.version.localeCompare(b.version));
  }

  #valueOf(version: VersionName) {
    return { ClientRequestToken: this.idOf(version), SecretString: `value of ${version}` };
  }
}
