import { type ExitCode, exitCodes } from './exitCodes';

/**
 * Why a command ended early, told with its remedy. The message is printed alone, without a stack
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
