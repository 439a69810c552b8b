import { AwsError } from '../awsError';
import type { Service } from '../awsRequest';
import type { InvokeOutput } from '../lambda/lambdaModel';
import { parseJsonInput } from './jsonInput';
import type { HttpRequest, HttpResponse } from './protocol';

/** Where an operation's input is in a request and, unless as the JSON body, its output. */
export interface Route {
  readonly service: Service;
  readonly operation: string;
  readonly method: string;
  readonly path: RegExp;
  /** `labels`: the variable parts of the path. */
  readonly input: (
    request: HttpRequest,
    labels: readonly string[],
  ) => Readonly<Record<string, unknown>>;
  readonly answer?: (output: object) => HttpResponse;
}

const mappingsPath = /^\/2015-03-31\/event-source-mappings\/?$/;
const schedulePath = /^\/schedules\/([^/]+)$/;

const text = (query: URLSearchParams, name: string) => query.get(name) ?? undefined;

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const given = text(query, name);
  if (given === undefined) return undefined;
  if (/^-?\d+$/.test(given)) return Number(given);
  throw new AwsError('SerializationException', `${name} must be a whole number.`);
}

const bodyAndName: Route['input'] = ({ body }, [Name]) => ({ ...parseJsonInput(body), Name });
const groupAndName: Route['input'] = ({ query }, [Name]) => ({
  Name,
  GroupName: text(query, 'groupName'),
});

/** Source: the AWS Lambda and EventBridge Scheduler API references, "Request Syntax". */
export const routes: readonly Route[] = [
  {
    service: 'lambda',
    operation: 'Invoke',
    method: 'POST',
    path: /^\/2015-03-31\/functions\/([^/]+)\/invocations$/,
    input: ({ headers, query, body }, [FunctionName]) => ({
      FunctionName,
      Qualifier: text(query, 'Qualifier'),
      InvocationType: headers['x-amz-invocation-type'],
      LogType: headers['x-amz-log-type'],
      Payload: body,
    }),
    answer: (output) => invocationAnswer(output as InvokeOutput),
  },
  {
    service: 'lambda',
    operation: 'GetFunctionConfiguration',
    method: 'GET',
    path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
    input: ({ query }, [FunctionName]) => ({ FunctionName, Qualifier: text(query, 'Qualifier') }),
  },
  {
    service: 'lambda',
    operation: 'GetAccountSettings',
    method: 'GET',
    path: /^\/2016-08-19\/account-settings\/?$/,
    input: () => ({}),
  },
  {
    service: 'lambda',
    operation: 'CreateEventSourceMapping',
    method: 'POST',
    path: mappingsPath,
    input: ({ body }) => parseJsonInput(body),
  },
  {
    service: 'lambda',
    operation: 'ListEventSourceMappings',
    method: 'GET',
    path: mappingsPath,
    input: ({ query }) => ({
      EventSourceArn: text(query, 'EventSourceArn'),
      FunctionName: text(query, 'FunctionName'),
      MaxItems: wholeNumber(query, 'MaxItems'),
      Marker: text(query, 'Marker'),
    }),
  },
  {
    service: 'scheduler',
    operation: 'CreateSchedule',
    method: 'POST',
    path: schedulePath,
    input: bodyAndName,
  },
  {
    service: 'scheduler',
    operation: 'UpdateSchedule',
    method: 'PUT',
    path: schedulePath,
    input: bodyAndName,
  },
  {
    service: 'scheduler',
    operation: 'GetSchedule',
    method: 'GET',
    path: schedulePath,
    input: groupAndName,
  },
  {
    service: 'scheduler',
    operation: 'DeleteSchedule',
    method: 'DELETE',
    path: schedulePath,
    input: groupAndName,
  },
  {
    service: 'scheduler',
    operation: 'ListSchedules',
    method: 'GET',
    path: /^\/schedules$/,
    input: ({ query }) => ({
      GroupName: text(query, 'ScheduleGroup'),
      NamePrefix: text(query, 'NamePrefix'),
      State: text(query, 'State'),
      NextToken: text(query, 'NextToken'),
      MaxResults: wholeNumber(query, 'MaxResults'),
    }),
  },
];

/** The payload is the body as it is, and all else is in headers (API reference, Invoke). */
function invocationAnswer(output: InvokeOutput): HttpResponse {
  const { StatusCode, FunctionError, LogResult, ExecutedVersion, Payload } = output;
  return {
    status: StatusCode,
    headers: {
      'content-type': 'application/json',
      ...(FunctionError !== undefined && { 'x-amz-function-error': FunctionError }),
      ...(LogResult !== undefined && { 'x-amz-log-result': LogResult }),
      ...(ExecutedVersion !== undefined && { 'x-amz-executed-version': ExecutedVersion }),
    },
    body: Payload ?? '',
  };
}
