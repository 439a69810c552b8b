import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Context } from 'aws-lambda';
import { systemClock } from '../effects/clock';
import { createDispatchQueue } from '../effects/dispatchQueue';
import { createPowertoolsTelemetry } from '../effects/powertoolsTelemetry';
import { createRegistry } from '../effects/registry';
import { type DispatcherMemory, type DispatchResult, dispatch } from './dispatch';
import { scheduledAtMsOf } from './event';
import { parseDispatcherSettings } from './settings';

const telemetry = createPowertoolsTelemetry(process.env.AWS_LAMBDA_FUNCTION_NAME);
const memory: DispatcherMemory = {};
const ssm = new SSMClient({ maxAttempts: 8 });
const sqs = new SQSClient({ maxAttempts: 8 });

/** What is assumed of an invocation that does not say how long it may take. */
const assumedTimeMs = 300_000;

/**
 * The dispatcher's entry point: `{"scheduledAt":"2026-11-24T08:00:00Z"}`, as the schedule sends it.
 *
 * @throws whatever keeps it from sending all of its share, so that Lambda repeats the invocation.
 */
export async function handler(
  event: unknown,
  context?: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
): Promise<DispatchResult> {
  const nowMs = systemClock.now();
  const about = telemetry.about(context?.awsRequestId ? { requestId: context.awsRequestId } : {});
  try {
    const { queueUrl, parameterPrefix } = parseDispatcherSettings(process.env);
    return await dispatch({
      registry: createRegistry(ssm, parameterPrefix),
      queue: createDispatchQueue(sqs, queueUrl),
      clock: systemClock,
      telemetry: about,
      memory,
      scheduledAtMs: scheduledAtMsOf(event, nowMs),
      deadlineMs: nowMs + (context?.getRemainingTimeInMillis?.() ?? assumedTimeMs),
    });
  } catch (thrown) {
    const [code, message] =
      thrown instanceof Error ? [thrown.name, thrown.message] : ['unknown', ''];
    about.error('The connections of this run were not all sent', { code, problem: message });
    throw thrown;
  }
}
