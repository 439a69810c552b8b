import { closeAfterTest } from './closing';

/**
 * Lets every `AbortSignal.timeout` end after 20 ms until the test ends, so that a call that hangs
 * need not be waited for. Returns the times asked for, in milliseconds.
 */
export function shortenTimeouts(): number[] {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const askedMs: number[] = [];
  replaceTimeout((ms) => {
    askedMs.push(ms);
    return timeout(20);
  });
  return askedMs;
}

/** Lets every `AbortSignal.timeout` end when the test says so. */
export function holdTimeouts(): { readonly askedMs: number[]; end(): void } {
  const controllers: AbortController[] = [];
  const askedMs: number[] = [];
  replaceTimeout((ms) => {
    askedMs.push(ms);
    const controller = new AbortController();
    controllers.push(controller);
    return controller.signal;
  });
  return {
    askedMs,
    end() {
      for (const each of controllers) each.abort(new DOMException('It took long.', 'TimeoutError'));
    },
  };
}

/** Lets no `AbortSignal.timeout` end until the test ends: for tests whose time is simulated. */
export function suspendTimeouts(): void {
  replaceTimeout(() => new AbortController().signal);
}

function replaceTimeout(timeout: typeof AbortSignal.timeout): void {
  const spy = jest.spyOn(AbortSignal, 'timeout').mockImplementation(timeout);
  closeAfterTest(() => spy.mockRestore());
}
