import { type AwsLocal, type AwsLocalOptions, startAwsLocal } from '../../local/aws/server';
import { type LambdaOptions, type LocalLambda, startLambda } from '../../local/lambda/lambda';
import {
  type ProviderSimulator,
  type ProviderSimulatorOptions,
  startProviderSimulator,
} from '../../local/provider/server';
import { startAwsUnderRole } from './awsUnderRole';
import { closeAfterTest } from './closing';
import { rotatorEnvironment } from './rotatorEnvironment';
import { minuteMs } from './simulatedClock';
import { StoredConnection } from './storedConnection';
import { temporaryFolder } from './temporaryFolder';

export interface LambdaWorldOptions
  extends Pick<LambdaOptions, 'bundleDir' | 'env'>,
    Pick<AwsLocalOptions, 'authorize'>,
    Omit<ProviderSimulatorOptions, 'now' | 'port'> {}

/**
 * The built function in a process of its own, over local servers, all on one clock that goes on by
 * itself and can be moved. It calls AWS under its role unless told otherwise. When the test ends, the process is killed and everything is closed.
 */
export class LambdaWorld {
  private constructor(
    private readonly clock: { aheadMs: number },
    readonly aws: AwsLocal,
    readonly provider: ProviderSimulator,
    readonly lambda: LocalLambda,
    /** The function's folder for temporary files, `/tmp` in Lambda. */
    readonly folder: string,
  ) {}

  /** `latencyMs` is added to the answers of AWS, and twice to those of the provider. */
  static async start({ bundleDir, env, authorize, ...options }: LambdaWorldOptions = {}) {
    const { latencyMs = 0 } = options;
    const clock = { aheadMs: 0 };
    const now = () => Date.now() + clock.aheadMs;
    const timing = { latencyMs, now };
    const aws = authorize
      ? await startAwsLocal({ ...timing, authorize })
      : await startAwsUnderRole(timing);
    closeAfterTest(() => aws.close());
    const provider = await startProviderSimulator({ ...options, latencyMs: 2 * latencyMs, now });
    closeAfterTest(() => provider.close());
    const folder = temporaryFolder();
    const environment = { ...rotatorEnvironment(aws.url), TMPDIR: folder, ...env };
    const lambda = startLambda({ bundleDir, env: environment });
    closeAfterTest(() => lambda.close());
    return new LambdaWorld(clock, aws, provider, lambda, folder);
  }

  readonly now = (): number => Date.now() + this.clock.aheadMs;

  /** Lets time pass for everyone, also under a running invocation. */
  advance(ms: number): void {
    this.clock.aheadMs += ms;
    this.lambda.moveClock(ms);
  }

  /** Stores a connection with a chain of its own, whose first refresh happened that long ago. */
  connect(
    name: string,
    { ageMs = 25 * minuteMs, authBaseUrl = this.provider.url, ...config }: ConnectionOptions = {},
  ): StoredConnection {
    const stored = new StoredConnection(this.aws, name);
    const { clientId, clientSecret } = this.provider;
    stored.configure({ authBaseUrl, clientId, ...config });
    stored.putParameter('client-secret', clientSecret);
    const refreshToken = this.provider.model.startChain('user', this.now() - ageMs);
    stored.put(this.refreshed(refreshToken, ageMs));
    return stored;
  }

  /** Uses a refresh token at the provider, `ageMs` ago; the text of the token set that it gave. */
  refreshed(refreshToken: string, ageMs: number): string {
    const { clientId, clientSecret, model, url } = this.provider;
    const request = { clientId, clientSecret, refreshToken, accessType: 'offline', legacy: true };
    const issuedAtMs = this.now() - ageMs;
    const { status, body } = model.requestToken(request, issuedAtMs);
    if (status !== 200) throw new Error('the refresh token was refused');
    const { expiresIn, ...tokens } = body;
    return JSON.stringify({
      ...tokens,
      issuedAt: new Date(issuedAtMs).toISOString(),
      expiresAt: new Date(issuedAtMs + expiresIn * 1_000).toISOString(),
      restBaseUrl: url,
      soapBaseUrl: `${url}/Service.asmx`,
    });
  }
}

export interface ConnectionOptions {
  /** By default so long that the access token is due for its refresh. @default 25 minutes */
  readonly ageMs?: number;
  /** @default the provider simulator's */
  readonly authBaseUrl?: string;
  /** @default 'alarm' */
  readonly onBrokenChain?: 'reissue' | 'alarm';
}
