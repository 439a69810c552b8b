import type { TokenSource } from '../../../lambda/reader';

/** A source whose reads end when the test says, and as it says. */
export function heldSource() {
  const reads: { answer(members: object): void; fail(error: Error): void }[] = [];
  const source: TokenSource = {
    read: () =>
      new Promise((resolve, fail) => {
        reads.push({ answer: (members) => resolve(JSON.stringify(members)), fail });
      }),
  };
  return { source, reads };
}
