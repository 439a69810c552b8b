/** Distinct names in order, for listings that are read page by page. */
export class SortedNames implements Iterable<string> {
  readonly #names: string[];

  constructor(names: Iterable<string> = []) {
    this.#names = [...names].sort();
  }

  add(name: string): void {
    const at = this.#firstFrom(name);
    if (this.#names[at] !== name) this.#names.splice(at, 0, name);
  }

  remove(name: string): void {
    const at = this.#firstFrom(name);
    if (this.#names[at] === name) this.#names.splice(at, 1);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#names.values();
  }

  /** Where the first name stands that is not before this one. */
  #firstFrom(name: string): number {
    let [low, high] = [0, this.#names.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#names[middle] ?? '') < name) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
