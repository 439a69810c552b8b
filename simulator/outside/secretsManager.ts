import { awsError } from './awsErrors';

const mostVersions = 100;
const mostLabels = 20;
const dayMs = 24 * 3_600_000;
/** For so long a read may not see a write: far longer than is reported of AWS. */
export const lagMs = 30_000;

export interface SimulatedVersion {
  readonly id: string;
  readonly text: string;
  readonly createdAtMs: number;
}

/** A version with the labels that it had when it was read. */
export interface ReadVersion extends SimulatedVersion {
  readonly stages: readonly string[];
}

/**
 * One secret of Secrets Manager, by the API reference and "AWS Secrets Manager quotas". Throws errors
 * with AWS's names. An error's name is all that the rotation looks at.
 */
export class SecretsManager {
  /** When each version was written, of those of the last days. */
  readonly writtenAtMs: number[] = [];
  readonly #versions = new Map<string, SimulatedVersion>();
  /** The version that has each label. */
  readonly #holders = new Map<string, string>();
  readonly #now: () => number;
  #before: { readonly current: ReadVersion; readonly untilMs: number } | undefined;
  #newestId = '';

  constructor(now: () => number) {
    this.#now = now;
  }

  holderOf(label: string): string | undefined {
    return this.#holders.get(label);
  }

  /** Oldest first. */
  versions(): IterableIterator<SimulatedVersion> {
    return this.#versions.values();
  }

  /** Without those that have no label and are older than a day: they may go at any time. */
  *keptVersions(): Generator<SimulatedVersion> {
    const labelled = new Set(this.#holders.values());
    const sinceMs = this.#now() - dayMs;
    for (const version of this.#versions.values()) {
      if (version.createdAtMs >= sinceMs || labelled.has(version.id)) yield version;
    }
  }

  get(id: string): SimulatedVersion | undefined {
    return this.#versions.get(id);
  }

  stagesOf(id: string): string[] {
    const stages: string[] = [];
    for (const [label, holder] of this.#holders) if (holder === id) stages.push(label);
    return stages.length > 1 ? stages.sort() : stages;
  }

  read(id: string): ReadVersion {
    const version = this.#versions.get(id);
    if (version === undefined) throw awsError('ResourceNotFoundException');
    const { text, createdAtMs } = version;
    return { id, text, createdAtMs, stages: this.stagesOf(id) };
  }

  readStage(stage: string): ReadVersion {
    return this.read(this.#holders.get(stage) ?? '');
  }

  /** What was written so far can be seen by everybody. */
  settle(): void {
    this.#before = undefined;
  }

  /** As AWSCURRENT was before it changed last: a read need not see a write at once. */
  readStaleCurrent(): ReadVersion {
    const isLagging = this.#before && this.#now() < this.#before.untilMs;
    return isLagging && this.#before ? this.#before.current : this.readStage('AWSCURRENT');
  }

  /** All versions, or without the newest one if the list lags. */
  list(options: { readonly isStale: boolean } = { isStale: false }): ReadVersion[] {
    const ids = [...this.#versions.keys()].filter((id) => !options.isStale || !this.isLagging(id));
    return ids.map((id) => this.read(id));
  }

  /** Whether this version is the one that was written last, and need not be visible yet. */
  isLagging(id: string): boolean {
    const atMs = this.#versions.get(id)?.createdAtMs ?? 0;
    return id === this.#newestId && this.#now() < atMs + lagMs;
  }

  put(
    id: string,
    text: string,
    stages: readonly string[] = ['AWSCURRENT'],
    createdAtMs = this.#now(),
  ): void {
    const known = this.#versions.get(id);
    if (known) {
      if (known.text === text) return;
      throw awsError('ResourceExistsException');
    }
    if (new Set([...this.#holders.keys(), ...stages]).size > mostLabels) {
      throw awsError('LimitExceededException');
    }
    this.#makeRoom();
    if (stages.includes('AWSCURRENT')) this.#noteCurrent(createdAtMs);
    const former = this.#holders.get('AWSCURRENT');
    this.#versions.set(id, { id, text, createdAtMs });
    this.#newestId = id;
    this.writtenAtMs.push(createdAtMs);
    if (former === undefined) this.#move('AWSCURRENT', id);
    for (const stage of stages) this.#move(stage, id);
    // Seen on AWS, though not documented: a new current version ends an AWSPENDING that its
    // predecessor still had.
    const isReplaced = former !== this.#holders.get('AWSCURRENT');
    if (isReplaced && former === this.#holders.get('AWSPENDING'))
      this.#holders.delete('AWSPENDING');
  }

  moveStage(stage: string, from: string | undefined, to: string | undefined): void {
    const holder = this.#holders.get(stage);
    if (to !== undefined && !this.#versions.has(to)) throw awsError('ResourceNotFoundException');
    const isRefused =
      (from === undefined && to === undefined) ||
      (to === undefined && stage === 'AWSCURRENT') ||
      (from === undefined && holder !== undefined && holder !== to) ||
      (from !== undefined && from !== holder);
    if (isRefused) throw awsError('InvalidParameterException');
    if (to !== undefined && !this.#holders.has(stage) && this.#holders.size >= mostLabels) {
      throw awsError('LimitExceededException');
    }
    const current = this.#holders.get('AWSCURRENT');
    const isChanged = stage === 'AWSCURRENT' || to === current || from === current;
    if (isChanged) this.#noteCurrent(this.#now());
    if (to === undefined) this.#holders.delete(stage);
    else this.#move(stage, to);
  }

  #move(label: string, id: string): void {
    const former = this.#holders.get(label);
    if (former === id) return;
    this.#holders.set(label, id);
    if (label === 'AWSCURRENT' && former !== undefined) this.#holders.set('AWSPREVIOUS', former);
  }

  #noteCurrent(atMs: number): void {
    const id = this.#holders.get('AWSCURRENT');
    if (id !== undefined) this.#before = { current: this.read(id), untilMs: atMs + lagMs };
  }

  /** Versions without a label go first, but none younger than a day. */
  #makeRoom(): void {
    if (this.#versions.size < mostVersions) return;
    const labelled = new Set(this.#holders.values());
    for (const { id, createdAtMs } of this.#versions.values()) {
      if (this.#versions.size < mostVersions) return;
      if (!labelled.has(id) && this.#now() - createdAtMs > dayMs) this.#versions.delete(id);
    }
    if (this.#versions.size >= mostVersions) throw awsError('LimitExceededException');
  }
}
