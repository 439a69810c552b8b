import { type AwsLocal, startAwsLocal } from '../../../../local/aws/server';
import { type ProviderSimulator, startProviderSimulator } from '../../../../local/provider/server';
import { captureOutput, type JsonLine } from '../../../support/output';
import { rotatorEnvironment } from '../../../support/rotatorEnvironment';
import { SimulatedClock } from '../../../support/simulatedClock';
import { StoredConnection } from '../../../support/storedConnection';

type Handler = typeof import('../../../../lambda/rotator/handler').handler;

export const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 40_000 };

/**
 * One execution environment for all tests of a file, as Lambda keeps one, on local servers and
 * simulated time; each test has a connection of its own.
 */
export class HandlerEnvironment {
  readonly clock = new SimulatedClock();
  aws!: AwsLocal;
  provider!: ProviderSimulator;
  handler!: Handler;
  connection = '';
  stored!: StoredConnection;
  #connections = 0;
  #output: () => JsonLine[] = () => [];

  async start(): Promise<void> {
    const { clock } = this;
    [this.aws, this.provider] = await Promise.all([
      startAwsLocal({ now: clock.now }),
      startProviderSimulator({ now: clock.now }),
    ]);
    jest.doMock('../../../../lambda/effects/clock', () => ({ systemClock: clock }));
    Object.assign(process.env, rotatorEnvironment(this.aws.url));
    ({ handler: this.handler } = await import('../../../../lambda/rotator/handler'));
  }

  async close(): Promise<void> {
    await Promise.all([this.aws.close(), this.provider.close()]);
  }

  /** Seeds the connection of the next test, and catches what is written from now on. */
  begin(): void {
    this.connection = `acme-${++this.#connections}`;
    this.stored = this.seed(this.connection);
    this.#output = captureOutput();
  }

  seed(connection: string): StoredConnection {
    const { provider } = this;
    const stored = new StoredConnection(this.aws, connection);
    stored.put({ refreshToken: provider.model.startChain('user', this.clock.now()) });
    stored.configure({ authBaseUrl: provider.url, clientId: provider.clientId });
    stored.putParameter('client-secret', provider.clientSecret);
    return stored;
  }

  /** All that was written. */
  output(): JsonLine[] {
    return this.#output();
  }

  logged(): JsonLine[] {
    return this.output().filter((line) => 'level' in line);
  }

  metrics(): JsonLine {
    return Object.assign({}, ...this.output().filter((line) => '_aws' in line));
  }

  /** A record of a batch as SQS delivers it, for the first time unless set otherwise. */
  record(messageId: string, body: unknown, { receiveCount = 1, ageMs = 0 } = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return {
      messageId,
      body: text,
      eventSource: 'aws:sqs',
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: String(this.clock.now() - ageMs),
      },
    };
  }
}
