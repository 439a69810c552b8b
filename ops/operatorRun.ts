import { systemEntropy } from '../lambda/effects/entropy';
import type { Journal } from '../lambda/effects/journal';
import { fetchProvider } from '../lambda/effects/provider';
import type { Fields, Telemetry } from '../lambda/effects/telemetry';
import type { Run } from '../lambda/rotator/run';
import type { Context } from './context';
import type { Terminal } from './terminal';

/** How long a question to the provider is repeated while its answer is lost: as in the function. */
const defaultTimeMs = 40_000;

/**
 * A run of the rotator's functions on behalf of an operator. It remembers nothing of earlier ones,
 * and tells on standard error what the function would log.
 */
export function operatorRun(context: Context, connection: string, timeMs = defaultTimeMs): Run {
  const { secretStore, parameterStore, clock, settings, terminal } = context;
  return {
    secretStore,
    parameterStore: () => parameterStore,
    provider: fetchProvider,
    clock,
    entropy: systemEntropy,
    journal: noJournal,
    telemetry: progressOf(terminal),
    settings,
    memory: { refusedTokens: new Set(), doubtedSecrets: new Set() },
    connection,
    force: false,
    destination: undefined,
    deadlineMs: clock.now() + timeMs,
    providerUse: { attempts: 0, ms: 0 },
  };
}

/** What is begun here is seen through, or told to the person. */
const noJournal: Journal = { read: () => undefined, write: () => {}, clear: () => {} };

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
