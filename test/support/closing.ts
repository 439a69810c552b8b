type Close = () => Promise<void> | void;

const pending: Close[] = [];

/** Closes what a test has opened once it has ended; an error while closing fails the test. */
export function closeAfterTest(close: Close): void {
  pending.push(close);
}

afterEach(async () => {
  const closings = pending.splice(0).map(async (close) => close());
  for (const result of await Promise.allSettled(closings)) {
    if (result.status === 'rejected') throw result.reason;
  }
});
