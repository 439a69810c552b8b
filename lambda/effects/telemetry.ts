/** Values that a log line may carry. A Redacted is not among them, so it cannot be logged. */
export type Fields = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** Counted over all connections, so that the number of metrics does not grow with theirs. */
export type CountedEvent =
  | 'Rotated'
  | 'Recovered'
  | 'Reissued'
  | 'Failed'
  | 'ChainBroken'
  | 'EscrowUsed'
  /** An open end that the day's versions leave no room to confirm. */
  | 'LeftOpen'
  | 'StagedSecretUsed';

/** Where a rotation reports what it does. Never given a token or a client secret. */
export interface Telemetry {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  count(event: CountedEvent): void;
  /** The state of a connection at the end of a successful invocation. */
  gauge(state: {
    readonly connection: string;
    readonly secondsToExpiry: number;
    readonly refreshTokenAgeSeconds: number;
    /** Of the invocation. */
    readonly durationMs: number;
  }): void;
}
