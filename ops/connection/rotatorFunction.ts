import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { AwsAccess } from '../awsAccess';
import { isMissing } from '../failures/awsFailure';

/** The rotator as Lambda has it. */
export interface RotatorFunction {
  readonly name: string;
  readonly roleArn: string;
  readonly logGroup: string;
  readonly timeoutSeconds: number;
  /** `Active` where it can be invoked. */
  readonly state: string;
  /** `Successful` where the last update has been made. */
  readonly lastUpdate: string;
}

/** Undefined where there is no such function. */
export async function describeFunction(
  { aws }: AwsAccess,
  functionArn: string,
): Promise<RotatorFunction | undefined> {
  try {
    const output = await aws.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionArn }),
    );
    const name = output.FunctionName ?? functionArn.split(':')[6] ?? functionArn;
    return {
      name,
      roleArn: output.Role ?? '',
      logGroup: output.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      timeoutSeconds: output.Timeout ?? 0,
      // Functions that have not been changed for years come without either.
      state: output.State ?? 'Active',
      lastUpdate: output.LastUpdateStatus ?? 'Successful',
    };
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

/** The function that keeps a connection's token fresh. */
export interface ConnectionFunction {
  readonly arn: string;
  /** It is the fleet's, and not one of a stack. */
  readonly isFleet: boolean;
  /** Of the queue that a stack's schedule sends to. */
  readonly queueArn?: string;
}

const hourMs = 3_600_000;

/**
 * How far back a function's log is searched. A fleet's tells of so many connections that a day of it
 * cannot be read; each of them, if it fails, is in every period of 20 minutes.
 */
export const logWindowMs = (isFleet: boolean) => (isFleet ? hourMs : 24 * hourMs);
