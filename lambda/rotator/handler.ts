import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { RotationError } from '../core/errors';
import { systemClock } from '../effects/clock';
import { systemEntropy } from '../effects/entropy';
import { createFileJournal } from '../effects/journal';
import { connectParameterStore, type ParameterStore } from '../effects/parameterStore';
import { createPowertoolsTelemetry, type Gauges, type Keys } from '../effects/powertoolsTelemetry';
import { fetchProvider } from '../effects/provider';
import { createSecretStore } from '../effects/secretStore';
import type { Telemetry } from '../effects/telemetry';
import { type BatchResult, performBatch } from './batch';
import { type BatchMessage, parseEvent, parseMessage, type RotatorEvent } from './events';
import { ContainerMemory } from './memory';
import { type RotateOptions, type RotationResult, rotate } from './rotation';
import { performStep } from './rotationSteps';
import type { World } from './run';
import { parseSettings } from './settings';

const telemetry = createPowertoolsTelemetry();
let parameterStore: ParameterStore | undefined;

const world: World = {
  secretStore: createSecretStore(new SecretsManagerClient({ maxAttempts: 1 })),
  // Not imported late: to keep that possible within one file, esbuild wraps every module that the
  // import reaches, the SDK's core among them, and a cold start pays for it.
  parameterStore() {
    parameterStore ??= connectParameterStore();
    return parameterStore;
  },
  provider: fetchProvider,
  clock: systemClock,
  entropy: systemEntropy,
  journal: createFileJournal(),
  telemetry,
};
const memory = new ContainerMemory();

/** What is assumed of an invocation that does not say how long it may take. */
const assumedTimeMs = 40_000;

/**
 * The function's entry point: a connection to keep fresh, a batch of such, or a step of Secrets
 * Manager's own rotation.
 *
 * @throws RotationError, so that Lambda repeats the invocation and its error alarm sees it. The
 * messages of a batch that failed are answered instead.
 */
export async function handler(
  event: unknown,
  context?: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
): Promise<RotationResult | BatchResult> {
  const remainingMs = context?.getRemainingTimeInMillis?.() ?? assumedTimeMs;
  const deadlineMs = systemClock.now() + remainingMs;
  const keys = context?.awsRequestId ? { requestId: context.awsRequestId } : {};
  try {
    const settings = await reported(keys, () => parseSettings(process.env));
    const invocation = { ...world, settings, memory, deadlineMs, keys };
    const request = await reported(keys, () => parseEvent(event, settings.secretPrefix));
    if (request.kind !== 'batch') return await perform(request, invocation, 'byConnection');
    const performMessage = async (message: BatchMessage) => {
      const asked = await reported(keys, () => parseMessage(message));
      // A fleet's connections are too many for a metric each.
      return perform({ kind: 'connection', ...asked }, invocation, 'overAll');
    };
    return await performBatch(request.messages, performMessage, systemClock);
  } finally {
    telemetry.flush();
  }
}

function perform(
  request: Exclude<RotatorEvent, { kind: 'batch' }>,
  invocation: RotateOptions & { readonly keys: Keys },
  gauges: Gauges,
): Promise<RotationResult> {
  const keys = { connection: request.connection, ...invocation.keys };
  const options = { ...invocation, telemetry: telemetry.about(keys, gauges) };
  return reported(keys, () =>
    request.kind === 'step' ? performStep(options, request) : rotate(options, request),
  );
}

async function reported<T>(keys: Keys, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    report(telemetry.about(keys), thrown);
    throw thrown;
  }
}

function report({ count, error }: Telemetry, thrown: unknown): void {
  count('Failed');
  if (!(thrown instanceof RotationError)) {
    const code = thrown instanceof Error ? thrown.name : 'unknown';
    error('Rotation failed unexpectedly', { code });
    return;
  }
  if (thrown.code === 'ChainBroken') count('ChainBroken');
  error(thrown.message, { code: thrown.code });
}
