import type { CountedEvent, Fields, Telemetry } from '../../lambda/effects/telemetry';

export interface Line {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Fields;
}

/** Keeps what a rotation reported. */
export class RecordedTelemetry implements Telemetry {
  readonly lines: Line[] = [];
  readonly counted: CountedEvent[] = [];
  readonly gauges: Parameters<Telemetry['gauge']>[0][] = [];

  info(message: string, fields: Fields = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields: Fields = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: Fields = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }

  count(event: CountedEvent): void {
    this.counted.push(event);
  }

  gauge(state: Parameters<Telemetry['gauge']>[0]): void {
    this.gauges.push(state);
  }

  /** Forgets all that was reported so far. */
  forget(): void {
    for (const kept of [this.lines, this.counted, this.gauges]) kept.length = 0;
  }

  warnings(): string[] {
    return this.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
  }
}
