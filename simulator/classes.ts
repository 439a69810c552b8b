import { faultsOf } from './faults';
import { type Call, calls, type Fault } from './vocabulary';

/**
 * Which faults of a call make the same of every history that one of them strikes: the same effects at
 * the same times, the same ends and the same state. Pairs need one of each class.
 */
export class Classes {
  /**
   * By call and fault, one text for each process that has distinguished them; with a dot if the fault
   * has made a difference to no fault at all.
   */
  readonly signatures: Record<string, string[]>;

  constructor(signatures: Record<string, string[]> = {}) {
    this.signatures = signatures;
  }

  /**
   * @param hashes of the histories that each fault of the call leads to, in their order
   * @param clean that of the history without any
   */
  note(call: Call, hashes: readonly number[], clean: number): void {
    const known = this.signatures[call] ?? hashes.map(() => '');
    this.signatures[call] = hashes.map((hash, at) => {
      const isHarmless = hash === clean && !known[at]?.includes('.');
      const first = hash === clean ? -1 : hashes.indexOf(hash);
      return `${isHarmless ? '' : '.'}${hashText(`${known[at]} ${first}`)}`;
    });
    const { length } = hashes;
    if (length !== known.length)
      throw new Error(`${call} has ${known.length} faults, not ${length}`);
  }

  /** What both have distinguished. */
  with(other: Classes): Classes {
    const merged: Record<string, string[]> = { ...this.signatures };
    for (const [call, signatures] of Object.entries(other.signatures)) {
      const known = merged[call];
      merged[call] = signatures.map((signature, at) => `${known?.[at] ?? ''} ${signature}`);
    }
    return new Classes(merged);
  }

  /** The faults of a call by their classes; of a call that was never met, each is its own. */
  of(call: Call): readonly (readonly Fault[])[] {
    const faults = faultsOf(call);
    const signatures = this.signatures[call];
    if (signatures === undefined) return faults.map((fault) => [fault]);
    const classes = new Map<string, Fault[]>();
    for (const [at, fault] of faults.entries()) {
      const signature = signatures[at] ?? '';
      const members = classes.get(signature) ?? [];
      members.push(fault);
      classes.set(signature, members);
    }
    return [...classes.values()];
  }

  /** One fault of each class that makes any difference. */
  representatives(call: Call): readonly Fault[] {
    return this.of(call).flatMap(([first]) =>
      first && !this.isHarmless(call, first) ? first : [],
    );
  }

  /** Whether every history was the same with the fault as without it. */
  isHarmless(call: Call, fault: Fault): boolean {
    const signature = this.signatures[call]?.[faultsOf(call).indexOf(fault)];
    return signature !== undefined && !signature.includes('.');
  }

  get counts(): readonly { readonly call: Call; readonly faults: number; classes: number }[] {
    return calls.map((call) => ({
      call,
      faults: faultsOf(call).length,
      classes: this.of(call).length,
    }));
  }
}

/** FNV-1a. */
function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(36);
}
