import { answerOf, prepareLambda as prepare } from './lambdaSupport';

describe('an asynchronous invocation', () => {
  it('is answered at once and repeated twice, under its request id, until it succeeds', async () => {
    const { invoke, untilLogged, logged } = await prepare({
      function: { retryDelaysMs: [1, 1] },
    });

    const invoked = await invoke({ do: 'throwUntil', invocation: 2 }, { InvocationType: 'Event' });
    await untilLogged('REPORT', 2);
    // Had the second attempt been repeated too, it would have come before this one.
    await new Promise((resolve) => setTimeout(resolve, 10));
    await invoke({});

    expect(invoked).toMatchObject({ StatusCode: 202 });
    expect(invoked.FunctionError).toBeUndefined();
    expect(answerOf(invoked)).toBeNull();
    expect(await logged('attempt')).toEqual(['attempt 1', 'attempt 2']);
    const started = await logged('START');
    expect(started.slice(0, 2)).toEqual(
      Array(2).fill(`START RequestId: ${invoked.$metadata.requestId} Version: $LATEST`),
    );
    expect(started).toHaveLength(3);
  });

  it('is given up after the last repetition', async () => {
    const { invoke, untilLogged, logged } = await prepare({ function: { retryDelaysMs: [1, 1] } });

    await invoke({ do: 'throwUntil', invocation: 9 }, { InvocationType: 'Event' });
    await untilLogged('REPORT', 3);
    await new Promise((resolve) => setTimeout(resolve, 10));
    await invoke({});

    expect(await logged('attempt')).toHaveLength(3);
  });

  it('that waits to be repeated does not keep the endpoint from closing', async () => {
    const { aws, invoke, untilLogged } = await prepare();
    await invoke({ do: 'throw' }, { InvocationType: 'Event' });
    await untilLogged('REPORT', 1);

    await aws.close();

    await expect(fetch(aws.url)).rejects.toThrow();
  });
});

it('is closed together with a function that is running and one that waits', async () => {
  const { aws, invoke, untilLogged } = await prepare();
  const running = expect(invoke({ do: 'block' })).rejects.toThrow();
  await untilLogged('blocking', 1);
  const waiting = expect(invoke({})).rejects.toThrow();
  while (aws.calls.filter(({ operation }) => operation === 'Invoke').length < 2) {
    await new Promise(setImmediate);
  }

  await aws.close();

  await Promise.all([running, waiting]);
});
