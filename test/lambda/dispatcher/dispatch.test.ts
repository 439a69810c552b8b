import { isInShare } from '../../../lambda/core/dispatchPlan';
import {
  type DispatcherMemory,
  type DispatchRun,
  dispatch,
  MessagesNotTaken,
} from '../../../lambda/dispatcher/dispatch';
import type { DispatchMessage } from '../../../lambda/effects/dispatchQueue';
import { RecordedTelemetry } from '../../support/recordedTelemetry';
import { minuteMs, SimulatedClock, secondMs, startMs } from '../../support/simulatedClock';

const names = Array.from({ length: 400 }, (_, at) => `connection-${at}`);

/** A registry of `names` in pages of 10, and a queue that takes what `takes` says. */
function prepare({
  takes = (_message: DispatchMessage, _attempt: number): boolean => true,
  memory = {} as DispatcherMemory,
} = {}) {
  const clock = new SimulatedClock();
  const telemetry = new RecordedTelemetry();
  const batches: { readonly atMs: number; readonly messages: readonly DispatchMessage[] }[] = [];
  const attempts = new Map<string, number>();
  const run: DispatchRun = {
    registry: {
      async *pages() {
        for (let at = 0; at < names.length; at += 10) yield names.slice(at, at + 10);
      },
    },
    queue: {
      async send(messages) {
        batches.push({ atMs: clock.now(), messages });
        return messages.filter((message) => {
          const attempt = (attempts.get(message.connection) ?? 0) + 1;
          attempts.set(message.connection, attempt);
          return !takes(message, attempt);
        });
      },
    },
    clock,
    telemetry,
    memory,
    scheduledAtMs: startMs,
    deadlineMs: startMs + 5 * minuteMs,
  };
  const sent = () =>
    batches.flatMap(({ messages }) => messages.map(({ connection }) => connection));
  return { run, clock, telemetry, batches, sent };
}

it('sends each connection of the share once, and none of another', async () => {
  const { run, sent } = prepare();

  const result = await dispatch(run);

  const due = names.filter((name) => isInShare(name, { share: 0 }));
  expect(sent()).toEqual(due);
  expect(result).toEqual({ connections: 400, sent: due.length, pages: 40 });
});

it('sends all of them in the four runs of a period', async () => {
  const { run, sent } = prepare();

  for (const share of [0, 1, 2, 3]) {
    await dispatch({ ...run, scheduledAtMs: startMs + share * 5 * minuteMs });
  }

  expect(sent().sort()).toEqual([...names].sort());
});

it('spreads them over the run, by the number of pages that the last one read', async () => {
  const { run, clock, batches } = prepare({ memory: { pages: 40 } });

  await dispatch(run);

  expect(clock.now() - startMs).toBe(4 * minuteMs - 6 * secondMs);
  const gaps = batches.slice(1).map(({ atMs }, at) => atMs - (batches[at]?.atMs ?? 0));
  expect(Math.min(...gaps)).toBe(6 * secondMs);
});

it('waits for nothing after the last page', async () => {
  const { run, clock } = prepare({ memory: { pages: 1 } });

  await dispatch({
    ...run,
    registry: {
      pages: async function* () {
        yield ['acme'];
      },
    },
  });

  expect(clock.now()).toBe(startMs);
});

it('remembers the number of pages for the next run', async () => {
  const { run, clock } = prepare();

  await dispatch(run);
  expect(clock.now() - startMs).toBe(39 * 40);
  await dispatch({ ...run, deadlineMs: clock.now() + 5 * minuteMs });

  expect(clock.now() - startMs).toBe(39 * 40 + 39 * 6 * secondMs);
});

it('waits no more once the invocation comes to its end', async () => {
  const { run, clock, sent } = prepare({ memory: { pages: 40 } });

  const result = await dispatch({ ...run, deadlineMs: startMs + minuteMs });

  expect(clock.now() - startMs).toBeLessThanOrEqual(30 * secondMs);
  expect(sent()).toHaveLength(result.sent);
});

it('sends again what the queue did not take', async () => {
  const { run, telemetry } = prepare({ takes: (_, attempt) => attempt > 1 });

  const result = await dispatch(run);

  expect(result.sent).toBe(names.filter((name) => isInShare(name, { share: 0 })).length);
  expect(telemetry.lines.filter(({ level }) => level === 'warn')).toEqual([]);
});

it('sends all others if the queue never takes one, names it, and fails', async () => {
  const [unlucky = ''] = names.filter((name) => isInShare(name, { share: 0 }));
  const { run, telemetry, sent } = prepare({ takes: ({ connection }) => connection !== unlucky });

  await expect(dispatch(run)).rejects.toThrow(MessagesNotTaken);

  expect(new Set(sent()).size).toBe(names.filter((name) => isInShare(name, { share: 0 })).length);
  expect(sent().filter((connection) => connection === unlucky)).toHaveLength(3);
  expect(telemetry.lines).toContainEqual(
    expect.objectContaining({ level: 'warn', fields: { connections: [unlucky] } }),
  );
});

it('reports what it did', async () => {
  const { run, telemetry } = prepare();

  const result = await dispatch(run);

  expect(telemetry.lines).toEqual([
    {
      level: 'info',
      message: 'Dispatched',
      fields: { ...result, period: '2026-11-24T08:00:00.000Z', share: 0, durationMs: 1_560 },
    },
  ]);
});
