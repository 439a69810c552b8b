import { RotationError } from '../core/errors';
import { defaultParameterPrefix } from '../core/names';

/** From the environment. */
export interface DispatcherSettings {
  readonly queueUrl: string;
  readonly parameterPrefix: string;
}

/** @throws RotationError `InvalidConfig`, naming the variable. */
export function parseDispatcherSettings(
  env: Readonly<Record<string, string | undefined>>,
): DispatcherSettings {
  const { QUEUE_URL: queueUrl, PARAMETER_PREFIX: parameterPrefix = defaultParameterPrefix } = env;
  if (queueUrl === undefined || !URL.canParse(queueUrl)) {
    throw new RotationError(
      'InvalidConfig',
      "The environment variable QUEUE_URL must be the URL of the rotator's queue; the stack sets it.",
    );
  }
  return { queueUrl, parameterPrefix };
}
