import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { RotationError } from '../core/errors';
import { systemClock } from '../effects/clock';
import { systemEntropy } from '../effects/entropy';
import { createFileJournal } from '../effects/journal';
import { connectParameterStore, type ParameterStore } from '../effects/parameterStore';
import { createPowertoolsTelemetry } from '../effects/powertoolsTelemetry';
import { fetchProvider } from '../effects/provider';
import { createSecretStore } from '../effects/secretStore';
import { parseEvent } from './events';
import { ContainerMemory } from './memory';
import { type RotationResult, rotate } from './rotation';
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
 * The function's entry point: a connection to keep fresh, or a step of Secrets Manager's rotation.
 *
 * @throws RotationError, so that Lambda repeats the invocation and its error alarm sees it.
 */
export async function handler(
  event: unknown,
  context?: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
): Promise<RotationResult> {
  const remainingMs = context?.getRemainingTimeInMillis?.() ?? assumedTimeMs;
  const deadlineMs = systemClock.now() + remainingMs;
  const requestId = context?.awsRequestId ? { requestId: context.awsRequestId } : {};
  telemetry.begin(requestId);
  try {
    const settings = parseSettings(process.env);
    const request = parseEvent(event, settings.secretPrefix);
    telemetry.begin({ connection: request.connection, ...requestId });
    const options = { ...world, settings, memory, deadlineMs };
    return request.kind === 'step'
      ? await performStep(options, request)
      : await rotate(options, request);
  } catch (thrown) {
    report(thrown);
    throw thrown;
  } finally {
    telemetry.flush();
  }
}

function report(thrown: unknown): void {
  telemetry.count('Failed');
  if (!(thrown instanceof RotationError)) {
    telemetry.error('Rotation failed unexpectedly', {
      code: thrown instanceof Error ? thrown.name : 'unknown',
    });
    return;
  }
  if (thrown.code === 'ChainBroken') telemetry.count('ChainBroken');
  telemetry.error(thrown.message, { code: thrown.code });
}
