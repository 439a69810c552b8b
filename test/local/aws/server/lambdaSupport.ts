import { join } from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  InvokeCommand,
  type InvokeCommandInput,
  type InvokeCommandOutput,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { localFunctionName, localLogGroupName } from '../../../../local/aws/lambda/names';
import type { AwsLocalOptions } from '../../../../local/aws/server';
import { closing, prepareEndpoint } from './support';

export const bundle = (name: string) => join(__dirname, '../lambda/bundles', name);

/** An endpoint whose function is the probe. */
export async function prepareLambda({ function: fn, ...options }: AwsLocalOptions = {}) {
  const { aws, settings } = await prepareEndpoint({
    function: { bundleDir: bundle('probe'), ...fn },
    ...options,
  });
  const lambda = closing(new LambdaClient(settings));
  const logs = closing(new CloudWatchLogsClient(settings));
  const invoke = (event: unknown, input: Partial<InvokeCommandInput> = {}) =>
    lambda.send(
      new InvokeCommand({
        FunctionName: localFunctionName,
        Payload: JSON.stringify(event),
        ...input,
      }),
    );
  const logged = async (filterPattern?: string) => {
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: localLogGroupName, filterPattern }),
    );
    return events.map(({ message = '' }) => message);
  };
  /** Waits for the log to hold so many such lines; they come from another process. */
  const untilLogged = async (filterPattern: string, count = 1) => {
    for (;;) {
      const lines = await logged(filterPattern);
      if (lines.length >= count) return lines;
    }
  };
  return { aws, settings, lambda, invoke, logged, untilLogged };
}

export const answerOf = ({ Payload }: InvokeCommandOutput) =>
  JSON.parse(Payload?.transformToString() || 'null');
