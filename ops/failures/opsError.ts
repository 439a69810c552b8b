/**
 * Why a command ended early, with its remedy. The message is printed alone, without a stack
 * trace, and never holds a token or a client secret.
 */
export class OpsError extends Error {
  override readonly name = 'OpsError';
  readonly exitCode: ExitCode;

  constructor(exitCode: keyof typeof exitCodes, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.exitCode = exitCodes[exitCode];
  }
}

/** What a command's exit code says, beside 0 for success. The help and docs/operating.md list them. */
export const exitCodes = {
  /** A fault of this program, or one that it did not foresee. */
  failed: 1,
  /** The command line was not understood, or something it needs was not given. */
  usage: 2,
  /** Nothing was changed: it would do harm, or what was given does not work. */
  refused: 3,
  /** The command ran; what it looked at or set off needs somebody's attention. */
  attention: 4,
  /** AWS or the provider could not be reached, or denied access. */
  unavailable: 5,
  /** Ended at a prompt or by a signal; as shells have it, 128 and SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = 0 | (typeof exitCodes)[keyof typeof exitCodes];
