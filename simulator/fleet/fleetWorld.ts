import { messageLifeMs, mostReceives, visibilityTimeoutMs } from '../../lambda/core/limits';
import { parameterNames } from '../../lambda/core/names';
import { Redacted } from '../../lambda/core/redacted';
import { serializeTokenSet } from '../../lambda/core/tokenSet';
import { ParameterStoreModel } from '../../local/aws/parameterStore/parameterStore';
import { SecretsManagerModel } from '../../local/aws/secretsManager/secretsManager';
import { SqsModel } from '../../local/aws/sqs/sqs';
import { seededIds } from '../../local/provider/ids';
import { ProviderModel } from '../../local/provider/model';
import { VirtualTime } from '../virtualTime';
import type { Answer, OutageFault } from '../vocabulary';
import { CallCounts } from './callCounts';
import { type Quotas, TokenBucket } from './quotas';

export const startMs = Date.UTC(2026, 10, 24, 8);
export const minuteMs = 60_000;

const secretIdOf = (connection: string) => `sfmc/${connection}`;
export const nameOf = (nth: number) => `connection-${String(nth).padStart(6, '0')}`;

export interface Latencies {
  readonly awsMs: number;
  readonly providerMs: number;
}

export interface FleetOptions {
  readonly connections: number;
  readonly quotas: Quotas;
  /** The event source's maximum concurrency. */
  readonly concurrency: number;
  /** @default 20 ms for AWS, 250 ms for the provider */
  readonly latencies?: Latencies;
}

const clientId = 'fleet';
const clientSecret = 'fleet-secret';
const deadLetterQueue = 'dead.fifo';

/** What the provider answers to everything for a while, or what Secrets Manager fails at. */
export type FleetOutage =
  | `provider.${Extract<Answer, 'own503' | 'silent'>}`
  | `secrets.${Extract<OutageFault['scope'], 'both' | 'writes'>}`;

interface StoredSet {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly issuedAt: string;
}

/** All that outlives an invocation, for a whole fleet: the provider, AWS and the passing of time. */
export class FleetWorld {
  readonly time = new VirtualTime(startMs);
  readonly secrets = new SecretsManagerModel(() => this.time.nowMs);
  readonly parameters = new ParameterStoreModel(() => this.time.nowMs);
  /** It dates messages by whole milliseconds; waits of the dispatcher end in between. */
  readonly sqs = new SqsModel(() => Math.floor(this.time.nowMs));
  readonly calls = new CallCounts(startMs);
  readonly names: readonly string[];
  readonly latencies: Latencies;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly outages = new Set<FleetOutage>();
  readonly provider: ProviderModel;
  readonly nextId = seededIds(1);
  readonly #buckets: Readonly<Record<keyof Quotas, TokenBucket>>;
  /** Of each connection what was read last: every token is looked at each minute, most are as before. */
  readonly #parsed = new Map<string, { readonly text: string; readonly tokens: StoredSet }>();
  #random = 0x2545f491;

  constructor(readonly options: FleetOptions) {
    this.latencies = options.latencies ?? { awsMs: 20, providerMs: 250 };
    this.names = Array.from({ length: options.connections }, (_, nth) => nameOf(nth));
    this.provider = new ProviderModel({ clientId, clientSecret, nextId: this.nextId });
    const { quotas } = options;
    const parameterReads = new TokenBucket(quotas.parameterReads);
    this.#buckets = {
      secretWrites: new TokenBucket(quotas.secretWrites),
      secretReads: new TokenBucket(quotas.secretReads),
      parameterReads,
      parameterListings:
        quotas.parameterListings === undefined
          ? parameterReads
          : new TokenBucket(quotas.parameterListings),
      parameterWrites: new TokenBucket(quotas.parameterWrites),
    };
    const fifo = {
      FifoQueue: 'true',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    };
    const dead = this.sqs.createQueue({
      QueueName: deadLetterQueue,
      Attributes: { ...fifo, MessageRetentionPeriod: '1209600' },
    });
    this.deadLetterQueueUrl = dead.QueueUrl;
    // As the stack makes it.
    const { QueueUrl } = this.sqs.createQueue({
      QueueName: 'sfmc-token-rotator.fifo',
      Attributes: {
        ...fifo,
        VisibilityTimeout: String(visibilityTimeoutMs / 1_000),
        MessageRetentionPeriod: String(messageLifeMs / 1_000),
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: this.sqs.arnOf(dead.QueueUrl),
          maxReceiveCount: mostReceives,
        }),
      },
    });
    this.queueUrl = QueueUrl;
    for (const [nth, name] of this.names.entries()) this.#seed(name, nth);
  }

  /** Whether the call is let through by its quota. */
  isWithinQuota(quota: keyof Quotas): boolean {
    return this.#buckets[quota].take(this.time.nowMs);
  }

  /** The same numbers in every run (xorshift, G. Marsaglia). */
  readonly random = (): number => {
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    return (this.#random >>> 0) / 2 ** 32;
  };

  /** Lets the provider refuse a connection for good: its client secret is not the package's. */
  spoil(connection: string): void {
    this.parameters.putParameter({
      Name: parameterNames(connection).clientSecret,
      Type: 'SecureString',
      Value: 'refused',
      Overwrite: true,
    });
  }

  /** What a reader finds. */
  tokenSet(connection: string): StoredSet {
    const { SecretString = '' } = this.secrets.getSecretValue({ SecretId: secretIdOf(connection) });
    const last = this.#parsed.get(connection);
    if (last?.text === SecretString) return last.tokens;
    const tokens: StoredSet = JSON.parse(SecretString);
    this.#parsed.set(connection, { text: SecretString, tokens });
    return tokens;
  }

  /** Connections whose readers have a token that the provider takes no more. */
  expired(): string[] {
    const { nowMs } = this.time;
    return this.names.filter(
      (name) => !this.provider.isAccessTokenValid(this.tokenSet(name).accessToken, nowMs),
    );
  }

  /** Connections whose stored refresh token the provider takes no more. */
  lost(): string[] {
    const { nowMs } = this.time;
    return this.names.filter(
      (name) => !this.provider.accepts(this.tokenSet(name).refreshToken, nowMs),
    );
  }

  /** How long ago the oldest token that a reader may find was issued. */
  oldestAgeMs(): number {
    let oldestMs = this.time.nowMs;
    for (const name of this.names) {
      oldestMs = Math.min(oldestMs, Date.parse(this.tokenSet(name).issuedAt));
    }
    return this.time.nowMs - oldestMs;
  }

  /** Messages that were given up. */
  deadLettered(): number {
    return this.#messagesIn(this.deadLetterQueueUrl);
  }

  /** Messages that wait for the rotator or are with it. */
  queued(): number {
    return this.#messagesIn(this.queueUrl);
  }

  #messagesIn(queueUrl: string): number {
    const { Attributes = {} } = this.sqs.getQueueAttributes({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    });
    return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
  }

  /** Connections that were not rotated since. */
  notRotatedSince(ms: number): string[] {
    return this.names.filter((name) => Date.parse(this.tokenSet(name).issuedAt) < ms);
  }

  /** A connection as the last period has left it, so that the rotations go on evenly. */
  #seed(name: string, nth: number): void {
    const { connections } = this.options;
    const issuedAtMs = startMs - Math.floor((20 * minuteMs * (nth + 1)) / connections);
    const first = this.provider.startChain('user', issuedAtMs);
    const { body } = this.provider.requestToken(
      { clientId, clientSecret, refreshToken: first, accessType: 'offline', legacy: true },
      issuedAtMs,
    );
    if (!('accessToken' in body)) throw new Error(body.message);
    const { accessToken, legacyToken = '', refreshToken = '', expiresIn } = body;
    this.secrets.createSecret({
      Name: secretIdOf(name),
      ClientRequestToken: this.versionId(),
      SecretString: serializeTokenSet({
        accessToken: new Redacted(accessToken),
        legacyToken: new Redacted(legacyToken),
        refreshToken: new Redacted(refreshToken),
        issuedAtMs,
        expiresAtMs: issuedAtMs + expiresIn * 1_000,
      }),
    });
    const names = parameterNames(name);
    const config = { authBaseUrl: 'https://fleet.auth.marketingcloudapis.com', clientId };
    this.parameters.putParameter({
      Name: names.clientSecret,
      Type: 'SecureString',
      Tier: 'Intelligent-Tiering',
      Value: clientSecret,
    });
    this.parameters.putParameter({
      Name: names.config,
      Type: 'String',
      Tier: 'Intelligent-Tiering',
      Value: JSON.stringify(config),
    });
  }

  versionId(): string {
    return `version-${this.nextId()}`;
  }
}
