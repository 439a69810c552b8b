import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalFunction } from '../lambda/localFunction';
import { functionNameIn, localFunctionName } from '../lambda/names';
import type { SecretRotationStart } from './secretRotationStart';
import type { SecretsManagerModel } from './secretsManager';
import { functionNotInvocable, rotationUnfinished } from './secretsManagerErrors';
import type { SecretsManagerInput } from './secretsManagerShapes';

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

/**
 * "If rotation fails at any step, Secrets Manager retries the entire rotation process multiple
 * times" (Secrets Manager user guide, "Rotation by Lambda function"). How often and when, AWS does
 * not say.
 */
const mostAttempts = 3;
const retryDelayMs = 2_000;

/**
 * Secrets Manager's own rotation of secrets, by the function's four steps, which go on after
 * RotateSecret has answered. Source: Secrets Manager API reference, "RotateSecret"; user guide,
 * "Lambda rotation functions". The schedules of `RotationRules` are kept, and start nothing.
 */
export class SecretRotations {
  readonly #closing = new AbortController();
  /** The versions that are under way. */
  readonly #versionIds = new Set<string>();

  constructor(
    private readonly secretsManager: SecretsManagerModel,
    private readonly local: LocalFunction | undefined,
  ) {}

  /** @throws AwsError if AWS refuses, in particular while an earlier rotation is not complete. */
  rotateSecret(input: SecretsManagerInput<'RotateSecret'>, region: string) {
    const named = input.RotationLambdaARN;
    if (named && this.#isMissing(named)) throw functionNotInvocable();
    const start = this.secretsManager.rotateSecret(input);
    if (this.#isMissing(start.lambdaArn)) throw functionNotInvocable();
    if (start.kind !== 'repeated' && !this.#versionIds.has(start.versionId)) {
      this.#versionIds.add(start.versionId);
      void this.#rotate(start, region).finally(() => this.#versionIds.delete(start.versionId));
    }
    if (start.kind === 'unfinished') throw rotationUnfinished();
    const { arn: ARN, name: Name, versionId } = start;
    return { ARN, Name, ...(start.kind !== 'test' && { VersionId: versionId }) };
  }

  /** Begins no step any more. */
  close(): void {
    this.#closing.abort();
  }

  /** If Lambda has no function at all, any may be named: no step is invoked. */
  #isMissing(lambdaArn: string): boolean {
    return this.local !== undefined && functionNameIn(lambdaArn) !== localFunctionName;
  }

  /** Never rejects. */
  async #rotate(start: SecretRotationStart, region: string): Promise<void> {
    const { signal } = this.#closing;
    for (let attempts = 1; attempts <= mostAttempts && !signal.aborted; attempts++) {
      if (await this.#runSteps(start, region)) {
        this.secretsManager.endRotation(start);
        return;
      }
      if (start.kind === 'test') break;
      await delay(retryDelayMs, undefined, { signal, ref: false }).catch(() => {});
    }
    if (start.kind === 'test') this.secretsManager.endRotation(start);
  }

  /** Whether all succeeded; the first failure is the last step. */
  async #runSteps({ arn, kind, versionId }: SecretRotationStart, region: string): Promise<boolean> {
    for (const Step of kind === 'test' ? (['testSecret'] as const) : steps) {
      if (this.#closing.signal.aborted) return false;
      const event = { Step, SecretId: arn, ClientRequestToken: versionId };
      const outcome = await this.local?.invoke({ requestId: randomUUID(), event, region });
      if (outcome === undefined || outcome.failed) return false;
    }
    return true;
  }
}
