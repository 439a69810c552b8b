import { answerOf, prepareLambda as prepare } from './lambdaSupport';

describe('an asynchronous invocation', () => {
  it('is answered at once, and not repeated if it fails', async () => {
    const { invoke, untilLogged, logged } = await prepare();

    const invoked = await invoke({ do: 'throwUntil', invocation: 2 }, { InvocationType: 'Event' });
    await untilLogged('REPORT');
    await invoke({});

    expect(invoked).toMatchObject({ StatusCode: 202 });
    expect(invoked.FunctionError).toBeUndefined();
    expect(answerOf(invoked)).toBeNull();
    expect(await logged('attempt')).toEqual(['attempt 1']);
    const [first, ...others] = await logged('START');
    expect(first).toBe(`START RequestId: ${invoked.$metadata.requestId} Version: $LATEST`);
    expect(others).toHaveLength(1);
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
