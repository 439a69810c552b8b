import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import {
  functionArn,
  localFunctionName,
  localLogGroupName,
  localRoleArn,
} from '../../../../local/aws/lambda/names';
import { answerOf, bundle, prepareLambda as prepare } from './lambdaSupport';
import { closing, fixedNowMs, prepareEndpoint } from './support';

describe('Invoke', () => {
  it('runs the function in its own process and gives its answer', async () => {
    const { invoke } = await prepare();

    const first = await invoke({});
    const second = await invoke({});

    expect(first).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(first.FunctionError).toBeUndefined();
    expect(first.LogResult).toBeUndefined();
    expect(answerOf(first)).toMatchObject({ invocations: 1, functionName: localFunctionName });
    expect(answerOf(first).pid).not.toBe(process.pid);
    expect(answerOf(second)).toMatchObject({ invocations: 2, pid: answerOf(first).pid });
  });

  it("makes the request's id the invocation's", async () => {
    const { invoke } = await prepare();

    const invoked = await invoke({});

    expect(invoked.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answerOf(invoked).requestId).toBe(invoked.$metadata.requestId);
  });

  it('lets the function call this endpoint, in the Region of its first invocation', async () => {
    const { aws, invoke } = await prepare({ function: { env: { REFRESH_BELOW_SECONDS: '60' } } });

    const { env } = answerOf(await invoke({}));

    expect(env).toMatchObject({
      ALLOW_LOOPBACK_PROVIDER: 'true',
      AWS_ENDPOINT_URL: aws.url,
      AWS_LAMBDA_FUNCTION_NAME: localFunctionName,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: localFunctionName,
      REFRESH_BELOW_SECONDS: '60',
    });
  });

  it('gives the function the time of the endpoint, also after it was moved', async () => {
    let nowMs = fixedNowMs;
    const { invoke } = await prepare({ now: () => nowMs });

    const first = answerOf(await invoke({}));
    nowMs += 90 * 24 * 60 * 60 * 1000;
    const second = answerOf(await invoke({}));

    expect(Math.abs(first.now - fixedNowMs)).toBeLessThan(20_000);
    expect(Math.abs(second.now - nowMs)).toBeLessThan(20_000);
  });

  it("reports the function's error in the payload of an answer that is still 200", async () => {
    const { invoke } = await prepare();

    const invoked = await invoke({ do: 'throw' });

    expect(invoked).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(answerOf(invoked)).toMatchObject({
      errorType: 'InvalidEvent',
      errorMessage: 'no such connection',
      trace: expect.arrayContaining([expect.stringContaining('index.mjs')]),
    });
  });

  it('kills the function when its time is over, and says so in the log', async () => {
    const { invoke, logged } = await prepare({ function: { timeoutMs: 200 } });

    const invoked = await invoke({ do: 'hang' });
    const next = await invoke({});

    expect(answerOf(invoked)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/Error: Task timed out after 0\.20 seconds$/),
    });
    const id = invoked.$metadata.requestId;
    expect(await logged('"timed out"')).toEqual([
      `${new Date(fixedNowMs).toISOString()} ${id} Task timed out after 0.20 seconds`,
    ]);
    expect(answerOf(next).invocations).toBe(1);
  });

  it('lets invocations that come meanwhile wait for their turn', async () => {
    const { invoke } = await prepare();

    const answers = await Promise.all([1, 2, 3].map(() => invoke({})));

    expect(answers.map((each) => answerOf(each).invocations)).toEqual([1, 2, 3]);
  });

  it('gives the end of the log when asked for it', async () => {
    const { invoke } = await prepare();
    await invoke({ do: 'log', lines: ['before'] });

    const invoked = await invoke({ do: 'print', lines: 1000 }, { LogType: 'Tail' });

    const tail = Buffer.from(invoked.LogResult ?? '', 'base64');
    expect(tail.length).toBe(4096);
    expect(tail.toString()).toMatch(/line 1000\nwithout an end\nEND RequestId: .*\nREPORT .*\n$/);
  });

  it('gives no line of an earlier invocation in the end of the log', async () => {
    const { invoke } = await prepare();
    await invoke({ do: 'log', lines: ['before'] });

    const invoked = await invoke({ do: 'log', lines: ['now'] }, { LogType: 'Tail' });

    const tail = Buffer.from(invoked.LogResult ?? '', 'base64').toString();
    expect(tail).toContain('now');
    expect(tail).not.toContain('before');
  });

  it('gives the function an empty object if there is no payload', async () => {
    const { lambda } = await prepare();

    const invoked = await lambda.send(new InvokeCommand({ FunctionName: localFunctionName }));

    expect(answerOf(invoked).invocations).toBe(1);
  });

  it('tries permissions without running the function', async () => {
    const { invoke, logged } = await prepare();

    const invoked = await invoke({}, { InvocationType: 'DryRun' });

    expect(invoked.StatusCode).toBe(204);
    expect(await logged()).toEqual([]);
  });

  it('says what to do if the bundle is not built', async () => {
    const { invoke } = await prepare({ function: { bundleDir: bundle('none') } });

    const invoked = await invoke({});

    expect(invoked.FunctionError).toBe('Unhandled');
    expect(answerOf(invoked)).toEqual({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: expect.stringMatching(
        /index\.mjs does not exist: run "npm run build" first\.$/,
      ),
    });
  });

  it.each([
    ['{', { name: 'InvalidRequestContentException' }],
    ['{"token":"canary', { message: 'Could not parse request body into json.' }],
  ])('refuses the payload %s without repeating it', async (Payload, error) => {
    const { invoke } = await prepare();

    await expect(invoke({}, { Payload })).rejects.toMatchObject(error);
  });
});

describe('GetFunctionConfiguration', () => {
  it.each([
    localFunctionName,
    `${localFunctionName}:$LATEST`,
    functionArn('eu-central-1'),
    `123456789012:function:${localFunctionName}`,
  ])('describes the function under %s', async (FunctionName) => {
    const { aws, lambda } = await prepare();

    const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));

    expect(configuration).toMatchObject({
      FunctionName: localFunctionName,
      FunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:sfmc-token-rotator-local',
      Role: localRoleArn,
      Runtime: expect.stringMatching(/^nodejs\d+\.x$/),
      Timeout: 40,
      State: 'Active',
      LoggingConfig: { LogGroup: localLogGroupName },
      Environment: { Variables: { ALLOW_LOOPBACK_PROVIDER: 'true', AWS_ENDPOINT_URL: aws.url } },
    });
  });
});

describe('a function that is not there', () => {
  it.each([
    ['another', 'function:another'],
    [functionArn('eu-central-1', 'another'), 'function:another'],
    [`${localFunctionName}:live`, `function:${localFunctionName}:live`],
  ])('is not found: %s', async (FunctionName, text) => {
    const { lambda, invoke } = await prepare();
    const described = lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));

    await expect(described).rejects.toThrow(ResourceNotFoundException);
    await expect(invoke({}, { FunctionName })).rejects.toThrow(
      `Function not found: arn:aws:lambda:eu-central-1:123456789012:${text}`,
    );
  });

  it('is not found in an endpoint that was started without one', async () => {
    const { settings } = await prepareEndpoint();
    const lambda = closing(new LambdaClient(settings));

    const invoked = lambda.send(new InvokeCommand({ FunctionName: localFunctionName }));

    await expect(invoked).rejects.toThrow(ResourceNotFoundException);
  });
});
