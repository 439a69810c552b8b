import { AwsError } from '../awsError';
import { check, type Input, oneOf, required, sensitive, string } from '../shapes';
import type { InvocationOutcome, LocalFunction } from './localFunction';
import {
  functionArn,
  functionNameIn,
  localFunctionName,
  localLogGroupName,
  localRoleArn,
} from './names';

const maxLogResultBytes = 4096;

const FunctionName = required(string(1, 170));
const Qualifier = string(1, 128);
const shapes = {
  Invoke: {
    FunctionName,
    Qualifier,
    InvocationType: oneOf('Event', 'RequestResponse', 'DryRun'),
    LogType: oneOf('None', 'Tail'),
    Payload: sensitive(string(0, Number.MAX_SAFE_INTEGER)),
  },
  GetFunctionConfiguration: { FunctionName, Qualifier },
};

/** The wire's answer to Invoke, with the payload as text. */
export interface InvokeOutput {
  readonly StatusCode: 200 | 202 | 204;
  readonly FunctionError?: 'Unhandled';
  /** Base64 of the log's last 4 KB. */
  readonly LogResult?: string;
  readonly ExecutedVersion?: string;
  readonly Payload?: string;
}

/**
 * AWS Lambda with one function or none. Each method is the API operation of its name, and throws
 * `AwsError` if AWS refuses. Source: AWS Lambda API reference.
 */
export class LambdaModel {
  readonly #startedAt: string;

  constructor(
    private readonly local: LocalFunction | undefined,
    nowMs: number,
  ) {
    this.#startedAt = new Date(nowMs).toISOString().replace('Z', '+0000');
  }

  async invoke(
    input: Input<(typeof shapes)['Invoke']>,
    { region, requestId }: { readonly region: string; readonly requestId: string },
  ): Promise<InvokeOutput> {
    check(shapes.Invoke, input);
    const local = this.#find(input, region);
    const { InvocationType: type, LogType, Payload } = input;
    const invocation = { requestId, region, event: eventIn(Payload) };
    if (type === 'DryRun') return { StatusCode: 204 };
    if (type === 'Event') {
      // Once: the stack has no asynchronous invocation repeated.
      void local.invoke(invocation);
      return { StatusCode: 202 };
    }
    const outcome = await local.invoke(invocation);
    return {
      StatusCode: 200,
      ...(outcome.failed && { FunctionError: 'Unhandled' }),
      ...(LogType === 'Tail' && { LogResult: tailOf(outcome) }),
      ExecutedVersion: '$LATEST',
      Payload: outcome.payload,
    };
  }

  getFunctionConfiguration(
    input: Input<(typeof shapes)['GetFunctionConfiguration']>,
    { region }: { readonly region: string },
  ) {
    check(shapes.GetFunctionConfiguration, input);
    const local = this.#find(input, region);
    return {
      FunctionName: localFunctionName,
      FunctionArn: functionArn(region),
      Runtime: `nodejs${process.versions.node.split('.')[0]}.x`,
      Role: localRoleArn,
      Handler: 'index.handler',
      Description: 'The rotator as built, in a process of this machine',
      Timeout: Math.ceil(local.timeoutMs / 1000),
      LastModified: this.#startedAt,
      Version: '$LATEST',
      Environment: { Variables: local.variables },
      State: 'Active',
      LastUpdateStatus: 'Successful',
      PackageType: 'Zip',
      LoggingConfig: { LogFormat: 'Text', LogGroup: localLogGroupName },
    };
  }

  /** Of an account with the default quotas. */
  getAccountSettings() {
    const limit = 1_000;
    return {
      AccountLimit: { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: limit },
      AccountUsage: { FunctionCount: this.local === undefined ? 0 : 1 },
    };
  }

  #find(
    { FunctionName, Qualifier = '$LATEST' }: Input<(typeof shapes)['GetFunctionConfiguration']>,
    region: string,
  ): LocalFunction {
    const name = functionNameIn(FunctionName);
    if (this.local && name === localFunctionName && Qualifier === '$LATEST') return this.local;
    const arn = FunctionName.startsWith('arn:') ? FunctionName : functionArn(region, FunctionName);
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
  }
}

/** Without a payload the function is given an empty object. */
function eventIn(payload = ''): unknown {
  if (payload === '') return {};
  try {
    return JSON.parse(payload);
  } catch {
    // Without the text that the parser stumbled over: it may hold what must not be shown.
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json.');
  }
}

function tailOf({ lines }: InvocationOutcome): string {
  const log = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  return log.subarray(-maxLogResultBytes).toString('base64');
}
