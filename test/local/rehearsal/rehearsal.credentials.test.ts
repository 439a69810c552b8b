import { newestIncident, newestToken, outcomes, rotate, startStage } from './support';

describe('a client secret that expires', () => {
  it('does no harm if the next one is staged, which is then promoted', async () => {
    const stage = await startStage();
    await stage.act({ name: 'stage-client-secret', body: {} });
    const early = stage.act({ name: 'promote-client-secret', body: {} });
    await expect(early).rejects.toThrow('five minutes after staging');
    await stage.pass(6);

    await stage.act({ name: 'expire-client-secret', body: {} });
    await rotate(stage);
    const { log } = stage.rehearsal.state();
    await stage.act({ name: 'promote-client-secret', body: {} });
    await stage.pass(2);
    await rotate(stage);

    const rotations = outcomes(stage).filter((outcome) => outcome !== 'fresh 1');
    expect(rotations).toEqual(['rotated 1', 'rotated 1']);
    expect(log.find(({ level }) => level === 'WARN')?.message).toMatch(/staged client secret/);
    expect(newestIncident(stage)).toMatchObject({
      what: 'The client secret expired',
      phase: 'healed',
    });
    expect(stage.rehearsal.state().clientSecret).toEqual({ isExpired: false, staged: 'none' });
  });

  it('needs a person if none is staged', async () => {
    const stage = await startStage();

    await stage.act({ name: 'expire-client-secret', body: {} });
    await rotate(stage);
    const expired = stage.rehearsal.state();
    await stage.act({ name: 'stage-client-secret', body: {} });
    const { health } = stage.rehearsal.state();
    await stage.pass(6);
    await rotate(stage);

    expect(expired.invocations[0]?.outcome).toBe('CredentialsRejected');
    expect(expired.health).toMatchObject({ kind: 'person' });
    expect(health).toMatchObject({ kind: 'trouble' });
    expect(newestIncident(stage)).toMatchObject({
      phase: 'healed',
      runbook: { title: 'Client secret refused', path: '/docs/runbook.md#client-secret-refused' },
    });
  });
});

describe('a chain that is revoked', () => {
  it('is broken until a person logs in again and re-seeds', async () => {
    const stage = await startStage();

    await stage.act({ name: 'revoke-chain', body: {} });
    await rotate(stage);
    const broken = stage.rehearsal.state();
    await stage.act({ name: 're-seed', body: {} });
    // The message that failed holds the others of the connection back.
    await stage.pass(2);

    expect(broken.invocations[0]?.outcome).toBe('ChainBroken');
    expect(broken.health).toEqual({
      kind: 'person',
      text: 'The chain is broken: log in again and re-seed. Readers are still served.',
    });
    expect(broken.refreshTokens[0]?.status).toBe('revoked');
    expect(newestToken(stage)).toMatchObject({ chain: 2, status: 'current', origin: 'rotated' });
    expect(newestIncident(stage)?.phase).toBe('healed');
  });

  it('can be one whose newest token is parked, and the one before it spent for good', async () => {
    const stage = await startStage();
    await stage.act({ name: 'outage', body: { of: 'secrets-manager-writes', isDown: true } });
    await rotate(stage);
    stage.world.advance(6 * 60_000);

    await stage.act({ name: 'revoke-chain', body: {} });

    expect(newestToken(stage)).toMatchObject({ status: 'revoked', keptAs: ['escrow'] });
    const again = stage.act({ name: 'revoke-chain', body: {} });
    await expect(again).rejects.toThrow('takes no refresh token of this chain any more');
  });

  it('that still worked is shown as replaced after a re-seeding', async () => {
    const stage = await startStage();
    const before = newestToken(stage);

    await stage.act({ name: 're-seed', body: {} });
    await stage.settle();

    const { refreshTokens, health } = stage.rehearsal.state();
    expect(
      refreshTokens.find(({ fingerprint }) => fingerprint === before?.fingerprint),
    ).toMatchObject({ status: 'unused' });
    expect(health.kind).toBe('good');
  });

  it('is broken as well once its refresh token is 700 days old', async () => {
    const stage = await startStage();

    await stage.act({ name: 'move-clock', body: { minutes: 1_008_000 } });
    await stage.settle();

    expect(outcomes(stage)).toEqual(['ChainBroken 1']);
    expect(newestToken(stage)?.status).toBe('expired');
    expect(newestIncident(stage)).toMatchObject({
      what: 'The clock moved by 700 days',
      phase: 'open',
    });
  });
});
