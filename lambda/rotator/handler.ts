import type { Context } from 'aws-lambda';
import { type Delivery, datedAnew, isMisdated } from '../core/delivery';
import { RotationError } from '../core/errors';
import { functionTimeoutMs } from '../core/limits';
import { systemClock } from '../effects/clock';
import { systemEntropy } from '../effects/entropy';
import { connectEventBus } from '../effects/eventBus';
import { connectFollowUpQueue } from '../effects/followUpQueue';
import { connectParameterStore, type ParameterStore } from '../effects/parameterStore';
import { createPowertoolsTelemetry, type LogKeys } from '../effects/powertoolsTelemetry';
import { fetchProvider } from '../effects/provider';
import { connectSecretStore } from '../effects/secretStore';
import { errorName } from '../effects/storeFailure';
import type { Telemetry } from '../effects/telemetry';
import { BatchPace, type BatchResult, deliveryOf, processBatch } from './batch';
import { type BatchMessage, parseEvent, parseMessage } from './events';
import { LeftToNextMessage } from './leave';
import { EnvironmentMemory } from './memory';
import { type RotateOptions, rotate } from './rotation';
import { runRotationStep } from './rotationSteps';
import type { RotationResult, World } from './run';
import { parseSettings, type Settings } from './settings';

const telemetry = createPowertoolsTelemetry(process.env.AWS_LAMBDA_FUNCTION_NAME);
let parameterStore: ParameterStore | undefined;
const secretStore = connectSecretStore(process.env);
const memory = new EnvironmentMemory();

/**
 * The function's entry point: a batch of the connections' FIFO queue, a connection to keep fresh, or
 * a step of Secrets Manager's own rotation.
 *
 * @throws RotationError, so that the caller and the function's error alarm see it. The messages of a
 * batch that failed are answered instead.
 */
export async function handler(
  event: unknown,
  context?: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
): Promise<RotationResult | BatchResult> {
  const remainingMs = context?.getRemainingTimeInMillis?.() ?? functionTimeoutMs;
  const deadlineMs = systemClock.now() + remainingMs;
  const keys = context?.awsRequestId ? { requestId: context.awsRequestId } : {};
  try {
    const settings = await reported(keys, () => parseSettings(process.env));
    const { scheduledConnections } = settings;
    if (scheduledConnections !== undefined) telemetry.expect(scheduledConnections);
    const pace = new BatchPace(systemClock);
    const provider = pace.of(fetchProvider);
    const world = { ...worldOf(settings), provider };
    const invocation: Invocation = { ...world, settings, memory, deadlineMs, keys };
    const request = await reported(keys, () => parseEvent(event, settings));
    if (request.kind === 'batch') {
      const perform = (message: BatchMessage) => processMessage(message, invocation);
      return await processBatch(request.messages, perform, pace);
    }
    if (request.kind === 'step') {
      return await observed(invocation, request.connection, (options) =>
        runRotationStep(options, request),
      );
    }
    return await rotateConnection({ ...request, delivery: { by: 'hand' } }, invocation);
  } finally {
    telemetry.flush();
  }
}

type Invocation = RotateOptions & { readonly keys: LogKeys };

function worldOf({ queueUrl, eventBusName }: Settings): Omit<World, 'provider'> {
  return {
    secretStore,
    parameterStore() {
      parameterStore ??= connectParameterStore(process.env);
      return parameterStore;
    },
    clock: systemClock,
    entropy: systemEntropy,
    telemetry,
    followUps: queueUrl === undefined ? undefined : connectFollowUpQueue(queueUrl, process.env),
    events: eventBusName === undefined ? undefined : connectEventBus(eventBusName, process.env),
  };
}

async function processMessage(message: BatchMessage, invocation: Invocation): Promise<void> {
  const asked = await reported(invocation.keys, () => parseMessage(message));
  const delivery = deliveryOf(asked, message);
  const nowMs = systemClock.now();
  if (!isMisdated(delivery, nowMs)) {
    await rotateConnection({ ...asked, delivery }, invocation);
    return;
  }
  const { connection } = asked;
  telemetry
    .about({ connection, ...invocation.keys })
    .warn(
      "The message is older than the queue keeps any: the environment's clock is wrong, or SQS's",
      { sentAt: new Date(delivery.sentAtMs).toISOString() },
    );
  await rotateConnection({ ...asked, delivery: datedAnew(delivery, nowMs) }, invocation);
}

function rotateConnection(
  request: { readonly connection: string; readonly force: boolean; readonly delivery: Delivery },
  invocation: Invocation,
): Promise<RotationResult> {
  return observed(invocation, request.connection, (options) => rotate(options, request));
}

function observed(
  { keys, ...options }: Invocation,
  connection: string,
  act: (options: RotateOptions) => Promise<RotationResult>,
): Promise<RotationResult> {
  const about = { connection, ...keys };
  const gauges = options.settings.hasMetricsByConnection ? 'byConnection' : 'overAll';
  return reported(about, () => act({ ...options, telemetry: telemetry.about(about, gauges) }));
}

async function reported<T>(keys: LogKeys, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    report(telemetry.about(keys), thrown);
    throw thrown;
  }
}

function report({ count, error, warn }: Telemetry, thrown: unknown): void {
  if (thrown instanceof LeftToNextMessage) {
    warn(thrown.message, { code: thrown.code });
    return;
  }
  count('Failed');
  if (!(thrown instanceof RotationError)) {
    error('Rotation failed unexpectedly', { code: errorName(thrown) });
    return;
  }
  const { code, message, refusedTokens } = thrown;
  if (code === 'ChainBroken') count('ChainBroken');
  error(message, { code, ...(refusedTokens.length > 0 && { refusedTokens }) });
}
