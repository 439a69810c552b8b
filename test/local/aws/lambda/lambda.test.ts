import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionError } from '../../../../local/aws/lambda/functionError';
import {
  type LambdaOptions,
  type LocalLambda,
  startLambda,
} from '../../../../local/aws/lambda/lambda';

const dayMs = 24 * 60 * 60 * 1000;

/** What the probe reports about its process. */
interface Probe {
  readonly pid: number;
  readonly invocations: number;
  readonly env: Record<string, string>;
  readonly now: number;
  readonly newDate: string;
  readonly dateText: string;
  readonly fixedDate: string;
  readonly isDate: boolean;
  readonly requestId: string;
  readonly functionName: string;
  readonly remainingMs: number;
}

const bundle = (name: string) => join(__dirname, 'bundles', name);

const started: LocalLambda[] = [];

function start(options: LambdaOptions = {}): LocalLambda {
  const lambda = startLambda({ bundleDir: bundle('probe'), ...options });
  started.push(lambda);
  return lambda;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((lambda) => lambda.close()));
});

const failureOf = (invocation: Promise<unknown>): Promise<FunctionError> =>
  invocation.then(
    () => Promise.reject(new Error('the invocation succeeded')),
    (error) => error,
  );

/** Waits for a line of the function; the process is another, so there is no event to wait for. */
async function printed(lambda: LocalLambda, line: string): Promise<void> {
  while (!lambda.logs.includes(line)) await sleep(1);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a local Lambda', () => {
  it('gives the handler what Lambda gives it, and answers what it returns', async () => {
    const lambda = start({ functionName: 'keeper' });

    const probe = await lambda.invoke<Probe>({}, { timeoutMs: 20_000 });

    expect(probe.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(probe.functionName).toBe('keeper');
    expect(probe.env.AWS_LAMBDA_FUNCTION_NAME).toBe('keeper');
    expect(probe.remainingMs).toBeGreaterThan(0);
    expect(probe.remainingMs).toBeLessThanOrEqual(20_000);
  });

  it('takes the request id of an invocation that it repeats', async () => {
    const lambda = start();

    const probe = await lambda.invoke<Probe>({}, { requestId: 'repeated' });

    expect(probe.requestId).toBe('repeated');
  });

  it("passes on the variables given and none of this process's own", async () => {
    process.env.LOCAL_LAMBDA_CANARY = 'from outside';
    const lambda = start({ env: { GIVEN: 'yes' } });

    const { env } = await lambda.invoke<Probe>({});

    delete process.env.LOCAL_LAMBDA_CANARY;
    expect(env.GIVEN).toBe('yes');
    expect(env.LOCAL_LAMBDA_CANARY).toBeUndefined();
    expect(env.HOME).toBeUndefined();
  });

  it('keeps its process warm from one invocation to the next', async () => {
    const lambda = start();

    const first = await lambda.invoke<Probe>({});
    const second = await lambda.invoke<Probe>({});

    expect(second.pid).toBe(first.pid);
    expect(second.invocations).toBe(2);
    expect(second.requestId).not.toBe(first.requestId);
  });

  it('reports what the handler throws by type, message and trace, and stays warm', async () => {
    const lambda = start();

    const error = await failureOf(lambda.invoke({ do: 'throw' }));
    const text = await failureOf(lambda.invoke({ do: 'throwText' }));
    const { invocations } = await lambda.invoke<Probe>({});

    expect(error).toMatchObject({
      name: 'FunctionError',
      errorType: 'InvalidEvent',
      errorMessage: 'no such connection',
    });
    expect(error.trace.join('\n')).toContain('index.mjs');
    expect(text).toMatchObject({ errorType: 'string', errorMessage: 'just text', trace: [] });
    expect(invocations).toBe(3);
  });

  it.each(['hang', 'block'])(
    'kills a process that has to %s when its time is over',
    async (what) => {
      const lambda = start();
      const { pid } = await lambda.invoke<Probe>({});

      const error = await failureOf(lambda.invoke({ do: what }, { timeoutMs: 200 }));
      const runsOn = isRunning(pid);
      const next = await lambda.invoke<Probe>({});

      expect(error.errorType).toBe('Sandbox.Timedout');
      expect(error.errorMessage).toMatch(
        /^RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.20 seconds$/,
      );
      expect(runsOn).toBe(false);
      expect(next.invocations).toBe(1);
    },
  );

  it('fails the running invocation when killed, and starts the next one cold', async () => {
    const lambda = start();
    const invocation = failureOf(lambda.invoke({ do: 'hang' }));
    await printed(lambda, 'hanging');

    await lambda.kill();
    const error = await invocation;
    const next = await lambda.invoke<Probe>({});

    expect(error.errorType).toBe('Runtime.ExitError');
    expect(error.errorMessage).toMatch(/Error: Runtime exited with error: signal: killed$/);
    expect(next.invocations).toBe(1);
  });

  it('can be killed while its process is starting, and when there is none', async () => {
    const lambda = start();
    await lambda.kill();
    const invocation = failureOf(lambda.invoke({}));

    await lambda.kill();
    const error = await invocation;

    expect(error.errorType).toBe('Runtime.ExitError');
    expect((await lambda.invoke<Probe>({})).invocations).toBe(1);
  });

  it('reports a process that ends by itself with its exit status', async () => {
    const lambda = start();

    const error = await failureOf(lambda.invoke({ do: 'exit' }));

    expect(error.errorType).toBe('Runtime.ExitError');
    expect(error.errorMessage).toMatch(/exited with error: exit status 3$/);
  });

  it.each([
    ['broken', 'RangeError', 'cannot start'],
    ['empty', 'Runtime.HandlerNotFound', 'index.handler is undefined or not exported'],
  ])('reports each time that a %s bundle does not start', async (name, errorType, errorMessage) => {
    const lambda = start({ bundleDir: bundle(name) });

    const errors = [await failureOf(lambda.invoke({})), await failureOf(lambda.invoke({}))];

    expect(errors).toMatchObject([
      { errorType, errorMessage },
      { errorType, errorMessage },
    ]);
  });

  it('says what to do if there is no bundle', () => {
    expect(() => startLambda({ bundleDir: bundle('none') })).toThrow(
      /none[/\\]index\.mjs does not exist: run "npm run build" first\.$/,
    );
  });

  it('refuses a second invocation at once, as a concurrency of one does', async () => {
    const lambda = start();
    const first = lambda.invoke<Probe>({});

    const error = await failureOf(lambda.invoke({}));

    expect(error.errorType).toBe('TooManyRequestsException');
    expect((await first).invocations).toBe(1);
  });

  it('starts with its clock ahead and moves it on, in a warm and in a fresh process', async () => {
    const lambda = start({ clockOffsetMs: 3 * dayMs });

    const first = await lambda.invoke<Probe>({});
    lambda.moveClock(2 * dayMs);
    const warm = await lambda.invoke<Probe>({});
    await lambda.kill();
    const fresh = await lambda.invoke<Probe>({});

    const daysAhead = [first, warm, fresh].map(({ now }) => Math.round((now - Date.now()) / dayMs));
    expect(daysAhead).toEqual([3, 5, 5]);
    expect(Math.abs(Date.parse(warm.newDate) - warm.now)).toBeLessThan(1000);
    expect(Math.abs(Date.parse(warm.dateText) - warm.now)).toBeLessThan(2000);
    expect(warm).toMatchObject({ fixedDate: '1970-01-01T00:00:00.000Z', isDate: true });
    expect(warm.remainingMs).toBeGreaterThan(0);
  });

  it('moves the clock of a running invocation', async () => {
    const lambda = start();
    const year = new Date().getUTCFullYear() + 2;
    const invocation = lambda.invoke<Probe>({ do: 'awaitYear', year });
    await printed(lambda, 'waiting');

    lambda.moveClock(2 * 366 * dayMs);

    expect(new Date((await invocation).now).getUTCFullYear()).toBeGreaterThanOrEqual(year);
  });

  it('moves the timers of a running invocation with its clock, ahead alone', async () => {
    const lambda = start();
    const invocation = lambda.invoke<Probe>({ do: 'sleep', ms: dayMs });
    await printed(lambda, 'asleep');

    lambda.moveClock(-dayMs);
    lambda.moveClock(dayMs / 2);
    lambda.moveClock(dayMs / 2);
    await invocation;

    expect(lambda.logs).toEqual(['asleep', 'awake']);
  });

  it('has every line of both streams, in order, when the invocation is answered', async () => {
    const lambda = start();
    const lines = 5_000;

    await lambda.invoke({ do: 'print', lines });

    const expected = Array.from({ length: lines }, (_, index) => `line ${index + 1}`);
    expect(lambda.logs).toEqual([...expected, 'without an end']);
  });

  it('hands on each line as it is printed', async () => {
    const lines: string[] = [];
    const lambda = start({ onLine: (line) => lines.push(line) });
    const invocation = failureOf(lambda.invoke({ do: 'hang' }));

    while (lines.length === 0) await sleep(1);
    await lambda.kill();
    await invocation;

    expect(lines).toEqual(['hanging']);
  });

  it('keeps the lines of a process that was killed', async () => {
    const lambda = start();
    const invocation = failureOf(lambda.invoke({ do: 'hang' }));
    await printed(lambda, 'hanging');
    await lambda.kill();
    await invocation;

    await lambda.invoke({});

    expect(lambda.logs).toEqual(['hanging']);
  });

  it('leaves nothing running once closed, and takes no invocation any more', async () => {
    const lambda = start();
    const { pid } = await lambda.invoke<Probe>({});
    const invocation = failureOf(lambda.invoke({ do: 'block' }));
    await printed(lambda, 'blocking');

    await lambda.close();

    expect(isRunning(pid)).toBe(false);
    expect((await invocation).errorType).toBe('Runtime.ExitError');
    await expect(lambda.invoke({})).rejects.toThrow('This Lambda is closed.');
  });

  it('ends its process, busy as it may be, when whoever started it goes away', async () => {
    const bootstrap = join(__dirname, '../../../../local/aws/lambda/bootstrap.mjs');
    const child = fork(bootstrap, [join(bundle('probe'), 'index.mjs'), '0'], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    await once(child, 'message');
    const invocation = { requestId: '1', event: { do: 'hang' }, timeoutMs: 1, functionName: '' };
    await new Promise((sent) => child.send({ kind: 'invoke', ...invocation }, sent));

    child.disconnect();

    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
