import { randomUUID } from 'node:crypto';
import { GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { type LocalLambda, startLambda } from '../../local/lambda/lambda';
import { type ProviderSimulator, startProviderSimulator } from '../../local/provider/server';
import { closeAfterTest } from '../support/closing';
import { rotatorEnvironment } from '../support/rotatorEnvironment';
import { minuteMs } from '../support/simulatedClock';
import type { StoredTokenSet } from '../support/storedConnection';
import { temporaryFolder } from '../support/temporaryFolder';
import { type AwsProxy, startAwsProxy } from './awsProxy';
import { ConformanceSecret } from './conformanceSecret';
import { localTarget } from './localTarget';
import type { MotoServer } from './motoServer';

/**
 * The built function in a process of its own, one connection of it on moto, and the provider
 * simulator. All but moto's dates go by one clock that can be moved.
 */
export class MotoWorld {
  private constructor(
    private readonly clock: { aheadMs: number },
    /** The connection's name. */
    readonly connection: string,
    readonly aws: AwsProxy,
    readonly provider: ProviderSimulator,
    readonly lambda: LocalLambda,
    readonly secret: ConformanceSecret,
    private readonly target: ReturnType<typeof localTarget>,
  ) {}

  /** With the first refresh token as `v1`, and the connection's parameters. */
  static async start({ url }: MotoServer): Promise<MotoWorld> {
    const clock = { aheadMs: 0 };
    const now = () => Date.now() + clock.aheadMs;
    const aws = await startAwsProxy(url);
    closeAfterTest(() => aws.close());
    const provider = await startProviderSimulator({ now });
    closeAfterTest(() => provider.close());
    const lambda = startLambda({
      env: { ...rotatorEnvironment(aws.url), TMPDIR: temporaryFolder() },
    });
    closeAfterTest(() => lambda.close());
    const target = localTarget(url);
    closeAfterTest(() => target.close());

    const connection = `moto-${randomUUID().slice(0, 8)}`;
    const secret = new ConformanceSecret(target.secretsManager, `sfmc/${connection}`);
    const { clientId, clientSecret, refreshToken } = provider;
    await secret.create('v1', { SecretString: JSON.stringify({ refreshToken }) });
    const put = (leaf: string, Type: 'String' | 'SecureString', Value: string) =>
      target.ssm.send(
        new PutParameterCommand({ Name: `/sfmc/${connection}/${leaf}`, Type, Value }),
      );
    await put('config', 'String', JSON.stringify({ authBaseUrl: provider.url, clientId }));
    await put('client-secret', 'SecureString', clientSecret);
    return new MotoWorld(clock, connection, aws, provider, lambda, secret, target);
  }

  rotate(timeoutMs?: number): Promise<{ outcome: string }> {
    return this.lambda.invoke({ connection: this.connection }, { timeoutMs });
  }

  /** A step of Secrets Manager's own rotation. */
  step(step: string, token: string): Promise<{ outcome: string }> {
    const { id: SecretId } = this.secret;
    return this.lambda.invoke({ Step: step, SecretId, ClientRequestToken: token });
  }

  /** Lets the access token become due. */
  advance(ms = 25 * minuteMs): void {
    this.clock.aheadMs += ms;
    this.lambda.moveClock(ms);
  }

  async stored(VersionStage = 'AWSCURRENT'): Promise<StoredTokenSet> {
    return JSON.parse((await this.secret.read({ VersionStage })) ?? '{}');
  }

  /** The labels of each version that has any, whatever its id. */
  async labels(): Promise<string[][]> {
    const { VersionIdsToStages = {} } = await this.secret.describe();
    return Object.values(VersionIdsToStages)
      .filter(({ length }) => length > 0)
      .map((labels) => labels.sort())
      .sort();
  }

  async escrow(): Promise<string | undefined> {
    const { Parameters = [] } = await this.target.ssm.send(
      new GetParametersCommand({
        Names: [`/sfmc/${this.connection}/escrow`],
        WithDecryption: true,
      }),
    );
    return Parameters[0]?.Value;
  }

  /** Whether the stored tokens are the provider's living ones. */
  async isWhole(): Promise<boolean> {
    const { accessToken = '', refreshToken = '' } = await this.stored();
    const nowMs = Date.now() + this.clock.aheadMs;
    const { model } = this.provider;
    return model.isAccessTokenValid(accessToken, nowMs) && model.accepts(refreshToken, nowMs);
  }
}
