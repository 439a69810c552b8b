import type { IncidentRow } from '../../../local/rehearsal/state';
import { newestIncident, outcomes, rotate, type Stage, startStage } from './support';

/** The outcomes of the invocations to which an incident leads, oldest first. */
function disturbed({ rehearsal }: Stage, incident: IncidentRow | undefined): string[] {
  const { invocations } = rehearsal.state();
  return invocations
    .filter(({ id }) => incident?.invocations.includes(id))
    .map(({ outcome, times }) => `${outcome} ${times}`)
    .reverse();
}

/** Those who fixed it, by what they did. */
const menders = ({ rehearsal }: Stage, incident: IncidentRow | undefined): string[] =>
  rehearsal
    .state()
    .repairs.filter(({ id }) => incident?.repairs.includes(id))
    .map(({ control }) => control);

describe('an incident that heals by itself', () => {
  it('is no person’s work, also if a person had asked for the rotation that it struck', async () => {
    const stage = await startStage();
    await stage.act({ name: 'kill-function', body: {} });

    await rotate(stage);
    await stage.pass(2);

    const incident = newestIncident(stage);
    expect(incident?.phase).toBe('healed');
    expect(menders(stage, incident)).toEqual([]);
    expect(disturbed(stage, incident)).toEqual(['Runtime.ExitError 1', 'rotated 1']);
  });

  it('may be a version that a person put back: the live refresh token is found', async () => {
    const stage = await startStage();
    await stage.pass(30);

    await stage.act({ name: 'put-back', body: {} });
    const before = newestIncident(stage);
    await stage.pass(10);

    const incident = newestIncident(stage);
    expect(before).toMatchObject({ what: 'A person put the previous version back', phase: 'open' });
    expect(incident?.phase).toBe('healed');
    expect(menders(stage, incident)).toEqual([]);
    expect(disturbed(stage, incident)).toEqual(['recovered 1']);
    expect(stage.rehearsal.state().health.kind).toBe('good');
  });

  it('says of an outage when it was over, beside when all was whole again', async () => {
    const stage = await startStage();
    await stage.act({ name: 'outage', body: { of: 'provider', isDown: true } });
    await rotate(stage);
    await stage.act({ name: 'outage', body: { of: 'provider', isDown: false } });
    const over = newestIncident(stage);
    await stage.pass(2);

    const { overAtMs, healedAtMs } = newestIncident(stage) ?? {};
    expect(over).toMatchObject({ phase: 'open', overAtMs: expect.any(Number) });
    expect(healedAtMs ?? 0).toBeGreaterThan(overAtMs ?? Number.POSITIVE_INFINITY);
  });
});

it('counts no rotation that a person asked for without success, and that the queue repeated', async () => {
  const stage = await startStage();
  await stage.act({ name: 'outage', body: { of: 'parameter-store', isDown: true } });
  await rotate(stage);
  await stage.act({ name: 'outage', body: { of: 'parameter-store', isDown: false } });

  await stage.pass(2);

  expect(outcomes(stage)[0]).toBe('rotated 2');
  expect(newestIncident(stage)?.phase).toBe('healed');
  expect(menders(stage, newestIncident(stage))).toEqual([]);
});

describe('an incident that a person puts right', () => {
  it('names the new login that did it', async () => {
    const stage = await startStage();
    await stage.act({ name: 'revoke-chain', body: {} });
    await rotate(stage);

    await stage.act({ name: 're-seed', body: {} });
    await stage.pass(3);

    const incident = newestIncident(stage);
    expect(menders(stage, incident)).toEqual(['re-seed']);
    expect(disturbed(stage, incident)).toEqual(['ChainBroken 1', 'rotated 1']);
    expect(stage.rehearsal.state().repairs[0]).toMatchObject({
      control: 're-seed',
      command: 'npm run ops -- seed demo --replace',
      invocation: { outcome: expect.stringMatching(/^(rotated|fresh)$/) },
    });
  });

  it('names the client secret that was staged after the first had expired', async () => {
    const stage = await startStage();
    await stage.act({ name: 'expire-client-secret', body: {} });
    await rotate(stage);

    await stage.act({ name: 'stage-client-secret', body: {} });
    await stage.pass(6);
    await rotate(stage);

    expect(menders(stage, newestIncident(stage))).toEqual(['stage-client-secret']);
  });

  it('names the rotation that was asked for after it had struck', async () => {
    const stage = await startStage();
    await stage.act({ name: 'move-clock', body: { minutes: 5 } });

    await rotate(stage);

    expect(outcomes(stage)).toEqual(['rotated 1']);
    expect(menders(stage, newestIncident(stage))).toEqual(['rotate']);
  });
});

describe('what an incident leads to', () => {
  it('is one row for the attempts that failed alike, with each of its log lines once', async () => {
    const stage = await startStage();
    await stage.act({ name: 'revoke-chain', body: {} });
    await rotate(stage);

    await stage.pass(8);

    const incident = newestIncident(stage);
    const { invocations, log } = stage.rehearsal.state();
    const row = invocations.find(({ id }) => incident?.invocations.includes(id));
    expect(disturbed(stage, incident)).toEqual([expect.stringMatching(/^ChainBroken [7-9]$/)]);
    expect(row?.atMs).toBeGreaterThan((row?.firstAtMs ?? 0) + 6 * 60_000);
    const errors = log.filter(({ level }) => level === 'ERROR');
    expect(errors).toEqual([expect.objectContaining({ invocation: row?.id, times: row?.times })]);
  });

  it('stays as long as the incident is shown, however much comes after it', async () => {
    const stage = await startStage();
    await stage.act({ name: 'kill-function', body: {} });
    await rotate(stage);
    await stage.pass(2);

    for (let turn = 0; turn < 8; turn++) {
      await stage.pass(2);
      await rotate(stage);
      await stage.pass(5);
    }

    const { invocations, log } = stage.rehearsal.state();
    const [incident] = stage.rehearsal.state().incidents;
    expect(invocations.length).toBeGreaterThan(10);
    expect(disturbed(stage, incident)).toEqual(['Runtime.ExitError 1', 'rotated 1']);
    const own = log.filter(({ invocation }) => incident?.invocations.includes(invocation ?? -1));
    expect(own.length).toBeGreaterThan(0);
  });
});

describe('the line of the access token’s life', () => {
  it('rises with each rotation, falls to nothing at a re-seeding, and notes jumps', async () => {
    const stage = await startStage();
    await stage.pass(25);
    await stage.act({ name: 're-seed', body: {} });
    await stage.pass(1);
    await stage.act({ name: 'move-clock', body: { minutes: 1440 } });

    const { lifeLine, nowMs, accessToken } = stage.rehearsal.state();
    const ends = lifeLine.stretches.map(({ expiresAtMs }) => expiresAtMs);

    expect(ends.map((end) => end !== null)).toEqual([true, true, false, true]);
    expect(ends.at(-1)).toBe(accessToken.expiresAtMs);
    expect(lifeLine.jumps).toHaveLength(1);
    expect(nowMs - (lifeLine.jumps[0]?.toMs ?? 0)).toBeLessThan(1_000);
  });
});
