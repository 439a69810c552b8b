import { awsError } from './awsErrors';
import { lagMs } from './secretsManager';

/** "Managing parameter tiers" (AWS Systems Manager User Guide). */
const mostBytes = 8 * 1024;

export interface Parameter {
  readonly value: string;
  readonly version: number;
}

/** Parameter Store, by the API reference of GetParameters, PutParameter and DeleteParameter. */
export class SimulatedParameterStore {
  readonly #parameters = new Map<string, Parameter>();
  readonly #now: () => number;
  #before:
    | { readonly name: string; readonly parameter: Parameter | undefined; readonly untilMs: number }
    | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  get(name: string): Parameter | undefined {
    return this.#parameters.get(name);
  }

  /** Those that exist; if need be without the last change, which need not be visible at once. */
  read(
    names: readonly string[],
    options: { readonly isStale: boolean } = { isStale: false },
  ): Map<string, Parameter> {
    const found = new Map<string, Parameter>();
    for (const name of names) {
      const before = this.#before;
      const isStale = options.isStale && before?.name === name && this.#now() < before.untilMs;
      const parameter = isStale ? before.parameter : this.#parameters.get(name);
      if (parameter) found.set(name, parameter);
    }
    return found;
  }

  /** What was written so far can be seen by everybody. */
  settle(): void {
    this.#before = undefined;
  }

  /** Returns the parameter's new version. */
  put(name: string, value: string, overwrites: boolean): number {
    const former = this.#parameters.get(name);
    if (former && !overwrites) throw awsError('ParameterAlreadyExists');
    if (value.length > mostBytes) throw awsError('ValidationException');
    this.#noteBefore(name, former);
    const version = (former?.version ?? 0) + 1;
    this.#parameters.set(name, { value, version });
    return version;
  }

  remove(name: string): void {
    const former = this.#parameters.get(name);
    if (former === undefined) throw awsError('ParameterNotFound');
    this.#noteBefore(name, former);
    this.#parameters.delete(name);
  }

  #noteBefore(name: string, parameter: Parameter | undefined): void {
    this.#before = { name, parameter, untilMs: this.#now() + lagMs };
  }
}
