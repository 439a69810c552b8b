import { mostReceives, visibilityTimeoutMs } from '../../../lambda/core/limits';
import type { Outage } from '../../../local/rehearsal/state';
import { newestIncident, newestToken, outcomes, rotate, type Stage, startStage } from './support';

const setOutage = (stage: Stage, of: Outage, isDown: boolean) =>
  stage.act({ name: 'outage', body: { of, isDown } });

describe('a world that lives on', () => {
  it('ticks every five minutes, rotates when it is due, and has a reader read each minute', async () => {
    const stage = await startStage();

    await stage.pass(21);

    const { invocations, accessToken, reading, nowMs, health } = stage.rehearsal.state();
    expect(invocations.map(({ outcome, times }) => `${outcome} ${times}`)).toEqual([
      'rotated 1',
      'fresh 3',
    ]);
    expect((accessToken.expiresAtMs ?? 0) - nowMs).toBeGreaterThan(56 * 60_000);
    expect(reading?.verdict).toBe('accepted');
    expect(nowMs - (reading?.atMs ?? 0)).toBeLessThan(61_000);
    expect(health.kind).toBe('good');
  });

  it('stands still while it is paused, and passes at the pace that is set', async () => {
    const stage = await startStage();
    await stage.settle();
    const before = stage.rehearsal.state().nowMs;

    await stage.rehearsal.beat(3_000);
    const paused = stage.rehearsal.state().nowMs;
    await stage.act({ name: 'pace', body: { minutesPerSecond: 10 } });
    await stage.rehearsal.beat(2_000);
    const passed = stage.rehearsal.state().nowMs;

    // Three seconds that a test does not wait are taken back from the clock, which runs by itself.
    expect(paused - before).toBeLessThan(0);
    expect(passed - paused).toBeGreaterThan(19 * 60_000);
    expect(passed - paused).toBeLessThan(21 * 60_000);
  });

  it('makes no tick up that a jump of the clock passed over', async () => {
    const stage = await startStage();

    await stage.act({ name: 'move-clock', body: { minutes: 1440 } });
    const jumped = stage.rehearsal.state();
    await stage.settle();
    await stage.settle();

    expect(jumped.health.text).toContain('Readers have no valid token');
    expect(outcomes(stage)).toEqual(['rotated 1']);
    expect(newestIncident(stage)).toMatchObject({
      what: 'The clock moved by a day',
      phase: 'healed',
    });
    expect(stage.rehearsal.state().reading?.verdict).toBe('accepted');
  });
});

it('knows what was stored while nobody looked', async () => {
  const stage = await startStage();
  await stage.pass(100);

  await stage.act({ name: 'revoke-chain', body: {} });

  const statuses = stage.rehearsal.state().refreshTokens.map(({ status }) => status);
  expect(statuses.length).toBeGreaterThan(4);
  expect(statuses).not.toContain('lost');
});

it('says of readers the same above as below while Secrets Manager is out', async () => {
  const stage = await startStage();
  await setOutage(stage, 'secrets-manager', true);
  await stage.pass(3);

  const { health, reading } = stage.rehearsal.state();

  expect(reading?.verdict).toBe('unreachable');
  expect(health.kind).toBe('trouble');
  expect(health.text).toContain(
    'Readers that hold the token are served; others cannot read the secret.',
  );
});

it('counts what the queue has given up', async () => {
  const { rehearsal, world, act } = await startStage();
  await act({ name: 'rotate', body: {} });

  // As often as a message is delivered that fails each time, and once more.
  for (let received = 0; received <= mostReceives; received++) {
    world.aws.sqs.receiveMessage({ QueueUrl: world.queue.queueUrl });
    world.advance(visibilityTimeoutMs);
  }

  expect(rehearsal.state().deliveries.deadLetters).toBe(1);
});

describe('an answer that is dropped', () => {
  it('has the same token sent again at once, and what comes then confirmed', async () => {
    const stage = await startStage();
    const spent = newestToken(stage)?.fingerprint;

    await stage.act({ name: 'drop-answer', body: {} });
    const waiting = newestIncident(stage);
    await rotate(stage);

    const [current, confirmed, lost, again] = stage.rehearsal.state().refreshTokens;
    expect(waiting?.phase).toBe('waiting');
    expect(outcomes(stage)).toEqual(['rotated 1']);
    expect(current).toMatchObject({ status: 'current', keptAs: ['AWSCURRENT'], timesSent: 0 });
    expect(confirmed).toMatchObject({ status: 'spent', timesSent: 1 });
    expect(lost).toMatchObject({ status: 'lost', keptAs: [] });
    expect(again).toMatchObject({ fingerprint: spent, status: 'spent', timesSent: 2 });
    expect(newestIncident(stage)).toMatchObject({
      phase: 'healed',
      how: `${spent} was sent again, and ${current?.fingerprint} is current.`,
    });
  });

  it('is ordered once at a time', async () => {
    const stage = await startStage();
    await stage.act({ name: 'drop-answer', body: {} });

    const again = stage.act({ name: 'drop-answer', body: {} });

    await expect(again).rejects.toThrow('That is ordered already.');
    expect(stage.world.provider.pendingFaults).toHaveLength(1);
  });
});

describe('a function that is killed', () => {
  it('dies before it stores, and has the message again a minute later, with the spent token', async () => {
    const stage = await startStage();
    await stage.act({ name: 'kill-function', body: {} });

    await rotate(stage);
    const killed = stage.rehearsal.state();
    await stage.pass(2);

    expect(killed.invocations[0]).toMatchObject({ outcome: 'Runtime.ExitError', by: 'person' });
    expect(killed.refreshTokens.map(({ status }) => status)).toEqual([
      'unstored',
      'repeatable',
      'spent',
    ]);
    expect(killed.health).toEqual({
      kind: 'trouble',
      text: 'Failed: Runtime.ExitError. It is tried again. Readers are still served.',
    });
    expect(outcomes(stage)).toEqual(['rotated 2', 'Runtime.ExitError 1']);
    expect(newestIncident(stage)?.phase).toBe('healed');
    expect(stage.rehearsal.state().faults.kill).toBe(false);
  });

  it('is not mistaken for the operator, who re-seeds while the kill waits', async () => {
    const stage = await startStage();
    await stage.act({ name: 'kill-function', body: {} });

    await stage.act({ name: 're-seed', body: {} });
    const waiting = stage.rehearsal.state();
    await stage.settle();
    await stage.pass(2);

    expect(waiting.faults.kill).toBe(true);
    expect(waiting.refreshTokens[0]).toMatchObject({ chain: 2, status: 'current' });
    expect(outcomes(stage)).toEqual(['rotated 2', 'Runtime.ExitError 1']);
    expect(newestIncident(stage)?.phase).toBe('healed');
  });

  it('may be ordered while an operator re-seeds, who is spared all the same', async () => {
    const stage = await startStage();

    const seeding = stage.act({ name: 're-seed', body: {} });
    await stage.act({ name: 'kill-function', body: {} });
    await seeding;
    await stage.settle();

    expect(outcomes(stage)).toEqual(['Runtime.ExitError 1']);
  });
});

describe('an outage', () => {
  it('of writes to Secrets Manager parks the token set in the escrow, and publishes it after', async () => {
    const stage = await startStage();
    await setOutage(stage, 'secrets-manager-writes', true);

    await rotate(stage);
    const parked = newestToken(stage);
    await setOutage(stage, 'secrets-manager-writes', false);
    await stage.pass(2);

    expect(parked).toMatchObject({ status: 'parked', keptAs: ['escrow'] });
    expect(outcomes(stage)).toEqual(['recovered 2', 'StoreUnavailable 1']);
    expect(newestToken(stage)).toMatchObject({
      fingerprint: parked?.fingerprint,
      status: 'current',
    });
    expect(newestIncident(stage)).toMatchObject({
      phase: 'healed',
      how: `A stored token set was published: ${parked?.fingerprint} is current.`,
    });
  });

  it('of the token endpoint spends nothing, and is over when it is switched back', async () => {
    const stage = await startStage();
    const before = newestToken(stage);
    await setOutage(stage, 'provider', true);

    await rotate(stage);
    const during = stage.rehearsal.state();
    await setOutage(stage, 'provider', false);
    await stage.pass(2);

    expect(during.invocations[0]?.outcome).toBe('ProviderUnavailable');
    expect(during.refreshTokens[0]?.fingerprint).toBe(before?.fingerprint);
    expect(during.faults.down).toEqual(['provider']);
    expect(stage.world.provider.pendingFaults).toEqual([]);
    expect(outcomes(stage)[0]).toBe('rotated 2');
    expect(newestIncident(stage)?.phase).toBe('healed');
  });

  it('of Secrets Manager fails readers too, until it is over', async () => {
    const stage = await startStage();
    await setOutage(stage, 'secrets-manager', true);

    await rotate(stage);
    const during = stage.rehearsal.state();
    await setOutage(stage, 'secrets-manager', false);
    await stage.pass(2);

    expect(during.reading?.verdict).toBe('unreachable');
    expect(during.deliveries.nextRepeatAtMs).toBeGreaterThan(during.nowMs);
    expect(newestIncident(stage)?.phase).toBe('healed');
    expect(stage.rehearsal.state().reading?.verdict).toBe('accepted');
  });

  it('of Parameter Store fails a rotation before anything is spent', async () => {
    const stage = await startStage();
    await setOutage(stage, 'parameter-store', true);

    await rotate(stage);
    const during = stage.rehearsal.state();
    await setOutage(stage, 'parameter-store', false);
    await stage.pass(2);

    expect(during.invocations[0]?.succeeded).toBe(false);
    expect(during.refreshTokens[0]?.status).toBe('current');
    expect(outcomes(stage)[0]).toBe('rotated 2');
    expect(newestIncident(stage)?.phase).toBe('healed');
  });

  it('keeps operators from the store as well', async () => {
    const stage = await startStage();
    await setOutage(stage, 'secrets-manager-writes', true);

    const seeding = stage.act({ name: 're-seed', body: {} });

    await expect(seeding).rejects.toThrow('The store is out, for operators too');
    expect(stage.rehearsal.state().refreshTokens).toHaveLength(2);
  });

  it('that begins while an operator waits for the function keeps the operator out', async () => {
    const stage = await startStage();
    await stage.act({ name: 'rotate', body: {} });
    const rotation = stage.settle();

    const seeding = stage.act({ name: 're-seed', body: {} });
    await setOutage(stage, 'secrets-manager', true);

    await expect(seeding).rejects.toThrow('The store is out, for operators too');
    await setOutage(stage, 'secrets-manager', false);
    await rotation;
    expect(stage.rehearsal.state().refreshTokens.every(({ chain }) => chain === 1)).toBe(true);
  });

  it('is switched on and off once', async () => {
    const stage = await startStage();

    await expect(setOutage(stage, 'provider', false)).rejects.toThrow('It is not down.');
    await setOutage(stage, 'provider', true);
    await expect(setOutage(stage, 'provider', true)).rejects.toThrow('It is down already.');
  });
});
