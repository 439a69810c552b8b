import { functionTimeoutMs } from '../../lambda/core/limits';
import { systemEntropy } from '../../lambda/effects/entropy';
import { fetchProvider } from '../../lambda/effects/provider';
import type { Fields, Telemetry } from '../../lambda/effects/telemetry';
import { emptyMemory } from '../../lambda/rotator/memory';
import { noProgress, type Run } from '../../lambda/rotator/run';
import type { Context } from '../context';
import type { Terminal } from '../terminal/terminal';

/**
 * A run of the rotator's functions on behalf of an operator. It remembers nothing of earlier ones,
 * and tells on standard error what the function would log.
 *
 * @param timeMs how long it goes on, as the function by default
 */
export function operatorRun(context: Context, connection: string, timeMs = functionTimeoutMs): Run {
  const { secretStore, parameterStore, clock, settings, terminal } = context;
  return {
    secretStore,
    parameterStore: () => parameterStore,
    provider: fetchProvider,
    clock,
    entropy: systemEntropy,
    telemetry: progressOf(terminal),
    settings,
    memory: emptyMemory(),
    connection,
    force: false,
    delivery: { by: 'hand' },
    deadlineMs: clock.now() + timeMs,
    progress: noProgress(),
  };
}

function progressOf(terminal: Terminal): Telemetry {
  const tell = (message: string, fields: Fields = {}) =>
    terminal.progress([message, ...fieldTexts(fields)].join('  '));
  return { info: tell, warn: tell, error: tell, count: () => {}, gauge: () => {} };
}

/** `name=value` of each, texts with spaces in quotation marks. */
export function fieldTexts(fields: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(fields).map(([name, value]) => {
    const text = String(value);
    return `${name}=${/\s/.test(text) ? JSON.stringify(text) : text}`;
  });
}
