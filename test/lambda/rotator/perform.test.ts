import type { Facts } from '../../../lambda/core/facts';
import {
  closingReserveMs,
  publishReserveMs,
  shortestProviderAttemptMs,
  timerSlackMs,
} from '../../../lambda/core/limits';
import { Redacted } from '../../../lambda/core/redacted';
import { StoreFailure } from '../../../lambda/effects/storeFailure';
import { readCurrent } from '../../../lambda/rotator/observe';
import { perform } from '../../../lambda/rotator/perform';
import { leftMs, type Run } from '../../../lambda/rotator/run';
import type { LocalWorld } from '../../support/localWorld';
import { secondMs } from '../../support/simulatedClock';
import { startSeededWorld } from '../../support/startWorld';
import { factsOf, held, notSeeded, versionOf } from '../core/facts';

const factsIn = async (world: LocalWorld, overrides: Partial<Facts> = {}) =>
  factsOf({ current: await readCurrent(world.run()), ...overrides });
const unavailable = { code: 'StoreUnavailable' };

describe('parameters that do not exist', () => {
  const read = async (facts: Partial<Facts>) => {
    const world = await startSeededWorld();
    world.stored.deleteParameter('config');
    const known = await factsIn(world, { parameters: undefined, ...facts });
    return perform(world.run(), { do: 'readParameters' }, known);
  };
  const empty = { current: versionOf(notSeeded) };

  it('are nothing wrong, once, while nobody has seeded the connection', async () => {
    expect(await read(empty)).toMatchObject({ parametersMissing: true, parameters: undefined });
    await expect(read({ ...empty, parametersMissing: true })).rejects.toMatchObject({
      code: 'InvalidConfig',
    });
  });

  it('are wrong once there is a refresh token', async () => {
    await expect(read({})).rejects.toMatchObject({ code: 'InvalidConfig' });
  });
});

describe('the versions of the secret', () => {
  it('are listed, and show whether AWSCURRENT has moved since it was read', async () => {
    const world = await startSeededWorld();
    const facts = await factsIn(world, { listFailed: true });

    const same = await perform(world.run(), { do: 'listVersions' }, facts);
    world.stored.put({ refreshToken: 'next' });
    const moved = await perform(world.run(), { do: 'listVersions' }, facts);

    expect(same).toMatchObject({ listFailed: false, currentMayBeStale: false });
    expect(same.listed).toHaveLength(1);
    expect(moved).toMatchObject({ listFailed: false, currentMayBeStale: true });
  });

  it('count as none if the list is denied, and stop nothing', async () => {
    const world = await startSeededWorld();
    const facts = await factsIn(world);
    world.aws.orderFault({ operation: 'ListSecretVersionIds', kind: 'deny' });

    expect(await perform(world.run(), { do: 'listVersions' }, facts)).toMatchObject({
      listed: [],
      listFailed: true,
    });
    expect(world.telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'The versions of the secret cannot be listed',
        fields: { problem: expect.stringContaining('ListSecretVersionIds of sfmc/acme failed') },
      },
    ]);
  });
});

describe('AWSCURRENT that cannot be read again while a successor may be had', () => {
  const reread = async (facts: Partial<Facts>) => {
    const world = await startSeededWorld();
    const run = world.run();
    run.memory.lastUsedAtMs = world.clock.now();
    const known = await factsIn(world, facts);
    world.aws.orderFault({ operation: 'GetSecretValue', kind: 'deny', calls: 'untilCancelled' });
    return perform(run, { do: 'readCurrent' }, known);
  };
  const elsewhere = [{ versionId: 'another', stages: ['AWSCURRENT'], createdAtMs: 0 }];

  it('is taken for unchanged after a refusal', async () => {
    expect(await reread({ currentMayBeStale: true })).toMatchObject({
      isRecalled: true,
      currentMayBeStale: false,
    });
  });

  it.each([
    ['is listed elsewhere', { currentMayBeStale: true, listed: elsewhere }],
    ['is about to be written over', {}],
  ])('is not if it %s', async (_, facts) => {
    await expect(reread(facts)).rejects.toMatchObject(unavailable);
  });
});

it('AWSCURRENT that was read before it is written over is no longer recalled', async () => {
  const world = await startSeededWorld();
  const recalled = await factsIn(world, { isRecalled: true });

  const after = await perform(world.run(), { do: 'readCurrent' }, recalled);

  expect(after.isRecalled).toBe(false);
});

describe('a mark that the escrow does not take', () => {
  const parked = held('parked', { open: true });
  const mark = async (prepare: (run: Run) => void) => {
    const world = await startSeededWorld();
    const facts = await factsIn(world, { refusesWrites: true });
    const run = world.run();
    prepare(run);
    world.aws.orderFault({ operation: 'PutParameter', kind: 'deny', calls: 'untilCancelled' });
    return perform(run, { do: 'markHeld', held: parked }, facts);
  };

  it('sends the rotation back to Secrets Manager while a successor is at stake', async () => {
    const after = await mark(({ progress }) => {
      progress.staysToDeadline = true;
    });

    expect(after).toMatchObject({ refusesWrites: false, uses: new Map() });
  });

  it('ends the invocation if none is', async () => {
    await expect(mark(() => undefined)).rejects.toMatchObject(unavailable);
  });

  it('ends it after six tries if no time is left to publish', async () => {
    const markUntil = async (atLastLeftMs: number) => {
      const world = await startSeededWorld();
      const facts = await factsIn(world, { refusesWrites: true });
      let tries = 0;
      const parameterStore = () => ({
        ...world.effects.parameterStore(),
        read: () => {
          tries += 1;
          if (tries === 6) world.clock.advance(leftMs(run) - atLastLeftMs);
          return Promise.reject(new StoreFailure('Parameter Store', 'denied', 'no reads'));
        },
      });
      const run = world.run({ parameterStore });
      run.progress.staysToDeadline = true;
      return perform(run, { do: 'markHeld', held: parked }, facts);
    };

    expect(await markUntil(publishReserveMs)).toMatchObject({ refusesWrites: false });
    await expect(markUntil(publishReserveMs - 1)).rejects.toMatchObject(unavailable);
  });
});

describe('the addresses of the interfaces', () => {
  const restBaseUrl = 'https://www.exacttargetapis.com';
  const soapBaseUrl = 'https://webservice.s7.exacttarget.com/Service.asmx';
  const ask = async (
    items: readonly unknown[],
    { url = restBaseUrl, timeMs = 40_000 }: { url?: string; timeMs?: number } = {},
  ) => {
    const world = await startSeededWorld();
    const timeoutsMs: number[] = [];
    const provider = {
      ...world.effects.provider,
      async endpoints(_: string, __: Redacted, timeoutMs: number) {
        timeoutsMs.push(timeoutMs);
        return { kind: 'response', status: 200, body: JSON.stringify({ items }) } as const;
      },
    };
    const run = world.run({ provider, timeMs });
    const decision = {
      do: 'readEndpoints',
      restBaseUrl: url,
      accessToken: new Redacted('a'),
    } as const;
    const after = await perform(run, decision, await factsIn(world));
    const { endpoints, endpointsAsked } = run.memory;
    // An environment that has not asked, or heard nothing, asks again in its next rotation.
    expect(after.endpointsAsked).toBe(true);
    expect(endpointsAsked).toBe(timeoutsMs.length > 0 ? true : undefined);
    return { endpoints, timeoutsMs };
  };

  it('are remembered as far as they are known and the provider owns their hosts', async () => {
    const rest = { type: 'rest', url: restBaseUrl };
    const soap = { type: 'soap', url: soapBaseUrl };

    expect((await ask([rest, soap])).endpoints).toEqual({ restBaseUrl, soapBaseUrl });
    expect((await ask([rest])).endpoints).toEqual({ restBaseUrl });
    expect((await ask([soap])).endpoints).toEqual({ soapBaseUrl });
    expect(
      (
        await ask([
          { ...rest, url: 'https://evil.com' },
          { ...soap, url: 'https://evil.com' },
        ])
      ).endpoints,
    ).toEqual({});
  });

  it('may be on loopback where that is allowed', async () => {
    const url = 'http://127.0.0.1:8080';
    const soap = `${url}/Service.asmx`;
    const items = [
      { type: 'rest', url },
      { type: 'soap', url: soap },
    ];

    expect((await ask(items, { url })).endpoints).toEqual({ restBaseUrl: url, soapBaseUrl: soap });
  });

  it('are not asked for at a host of another, nor by its access token', async () => {
    expect(await ask([], { url: 'https://evil.com' })).toEqual({
      endpoints: undefined,
      timeoutsMs: [],
    });
  });

  it('are waited for 3 seconds at most, and not with the time that publishing needs', async () => {
    const reservedMs = publishReserveMs + closingReserveMs;
    const timeouts = async (timeMs: number) => (await ask([], { timeMs })).timeoutsMs;

    expect(await timeouts(40_000)).toEqual([3_000]);
    expect(await timeouts(reservedMs + 1_000)).toEqual([1_000]);
    expect(await timeouts(reservedMs)).toEqual([]);
  });
});

it('a message that goes on is sent where there is a queue, and is known to be sent', async () => {
  const world = await startSeededWorld();
  const facts = await factsIn(world);

  const without = await perform(world.run(), { do: 'sendFollowUp' }, facts);

  expect(without.followUpSent).toBe(true);
});

describe('a wait before the provider is asked again', () => {
  const afterMs = shortestProviderAttemptMs + publishReserveMs + timerSlackMs + closingReserveMs;
  const wait = async (
    askedMs: number,
    { timeMs, isRound = false }: { timeMs: number; isRound?: boolean },
  ) => {
    const world = await startSeededWorld();
    const facts = await factsIn(world, {
      lacksSuccessor: true,
      refusedInRound: new Map([['token', 1]]),
      secretVerdicts: new Map([['secret', 'refused']]),
    });
    const untilMs = world.clock.now() + askedMs;
    const code = 'ProviderUnavailable';
    const after = await perform(
      world.run({ timeMs }),
      { do: 'wait', untilMs, isRound, code },
      facts,
    );
    expect(after).toMatchObject({ lacksSuccessor: false });
    expect([after.refusedInRound.size, after.secretVerdicts.size]).toEqual([0, 0]);
    return world.clock.sleptMs;
  };

  it('lasts as long as was asked if an attempt and what follows it still fit', async () => {
    expect(await wait(10 * secondMs, { timeMs: 40_000 })).toEqual([10 * secondMs]);
    expect(await wait(10 * secondMs, { timeMs: afterMs + 10 * secondMs })).toEqual([10 * secondMs]);
    expect(await wait(-secondMs, { timeMs: 40_000 })).toEqual([0]);
  });

  it('is a failure of what it was for otherwise', async () => {
    const late = { timeMs: afterMs + 10 * secondMs - 1 };

    await expect(wait(10 * secondMs, late)).rejects.toMatchObject({ code: 'ProviderUnavailable' });
  });

  it('before one more round of all is cut short, to 10 seconds at least', async () => {
    const round = (leftMs: number) =>
      wait(30 * secondMs, { timeMs: afterMs + leftMs, isRound: true });

    expect(await round(20 * secondMs)).toEqual([20 * secondMs]);
    expect(await round(10 * secondMs)).toEqual([10 * secondMs]);
    await expect(round(10 * secondMs - 1)).rejects.toMatchObject({ code: 'ProviderUnavailable' });
  });
});
