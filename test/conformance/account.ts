import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import {
  DeleteParameterCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
} from '@aws-sdk/client-ssm';
import { ConformanceSecret } from './conformanceSecret';
import { isAnswer } from './refusal';
import type { Target } from './target';

const pollMs = 10_000;

/** All names of a run begin so; what an ended process left in an account is found by it. */
export const namePrefix = 'sfmc-conformance-';

/**
 * What one row may use: clients, and names that nothing else has. It notes every name before it is
 * used, and deletes what it finds under them.
 */
export class Account {
  readonly #secretNames = new Set<string>();
  readonly #parameterNames = new Set<string>();
  readonly #unique = `${namePrefix}${randomUUID().slice(0, 8)}`;

  constructor(readonly target: Target) {}

  get secretsManager() {
    return this.target.secretsManager;
  }

  get ssm() {
    return this.target.ssm;
  }

  /** A name for a secret; all of a row's have the same beginning. */
  secretName(rest = 'secret'): string {
    const name = `${this.#unique}/${rest}`;
    this.#secretNames.add(name);
    return name;
  }

  /** A secret of that name, not created yet. */
  secret(rest?: string): ConformanceSecret {
    return new ConformanceSecret(this.secretsManager, this.secretName(rest));
  }

  /** A new secret with one version, `v1`. */
  async createSecret(rest?: string): Promise<ConformanceSecret> {
    const secret = this.secret(rest);
    await secret.create('v1');
    return secret;
  }

  /** A path of Parameter Store that is this row's own. */
  readonly path = `/${this.#unique}`;

  /** A parameter's name under the row's own path. */
  parameterName(rest = 'parameter'): string {
    return this.noteParameter(`${this.path}/${rest}`);
  }

  /** Any name: it is deleted in the end. */
  noteParameter(name: string): string {
    this.#parameterNames.add(name);
    return name;
  }

  /** PutParameter of a String `value` unless set otherwise, under the row's own path. */
  putParameter(rest: string, input: Partial<PutParameterCommandInput> = {}) {
    const Name = input.Name ?? this.parameterName(rest);
    return this.ssm.send(
      new PutParameterCommand({ Value: 'value', Type: 'String', ...input, Name }),
    );
  }

  /** A listing, repeated until it is complete or the target's lag is over. */
  async listed<T>(list: () => Promise<T>, isComplete: (found: T) => boolean): Promise<T> {
    for (let waitedMs = 0; ; waitedMs += pollMs) {
      const found = await list();
      if (isComplete(found) || waitedMs >= this.target.listingLagMs) return found;
      await delay(pollMs);
    }
  }

  /** Deletes all that the row may have created; tries everything, then throws the first error. */
  async cleanUp(): Promise<void> {
    const deletions = [
      ...[...this.#secretNames].map((SecretId) =>
        this.secretsManager.send(
          new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true }),
        ),
      ),
      ...[...this.#parameterNames].map((Name) =>
        this.ssm.send(new DeleteParameterCommand({ Name })),
      ),
    ];
    for (const result of await Promise.allSettled(deletions)) {
      if (result.status === 'rejected' && !neverWas(result.reason)) throw result.reason;
    }
  }
}

/** Whether a deletion was refused because nothing is, or can be, under the name. */
function neverWas(thrown: unknown): boolean {
  return (
    isAnswer(thrown) &&
    [
      'HierarchyLevelLimitExceededException',
      'ParameterNotFound',
      'ResourceNotFoundException',
      'ValidationException',
    ].includes(thrown.name)
  );
}
