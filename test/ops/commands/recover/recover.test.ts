import { Redacted } from '../../../../lambda/core/redacted';
import { errorLine, log, printingFunction, storeToken } from '../../support/installed';
import { startOpsWorld } from '../../support/opsWorld';

const minuteMs = 60_000;
const fingerprint = (token = '') => new Redacted(token).fingerprint;

describe('ops recover without a terminal', () => {
  it('says that nothing is wrong', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    storeToken(world);

    const ran = await world.run(['recover', 'acme']);

    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain('Nothing is wrong with the chain.');
  });

  it('shows by fingerprint what the versions and the escrow hold', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    world.clock.advance(minuteMs);
    world.stored().put('something else');
    world.clock.advance(minuteMs);
    const previous = storeToken(world, { agoMs: 90 * minuteMs });
    world.clock.advance(minuteMs);
    const current = storeToken(world, { agoMs: 30 * minuteMs });
    const parked = storeToken(world, { connection: 'other', agoMs: minuteMs });
    const rival = storeToken(world, { connection: 'other', agoMs: 2 * minuteMs });
    const escrow = [parked, { ...rival, open: true, sent: true, parent: '12345678' }];
    world.stored().putParameter('escrow', JSON.stringify(escrow));

    const ran = await world.run(['recover', 'acme', '--json']);
    const printed = await world.run(['recover', 'acme']);

    expect(ran.exitCode).toBe(4);
    expect(ran.json()).toMatchObject({
      connection: 'acme',
      diagnosis: 'parked',
      commands: ['npm run ops -- rotate acme --force'],
      tokens: [
        {
          stages: ['AWSCURRENT'],
          kind: 'issued',
          refreshToken: fingerprint(current.refreshToken),
          issuedAt: current.issuedAt,
          isRefused: false,
        },
        { stages: ['AWSPREVIOUS'], refreshToken: fingerprint(previous.refreshToken) },
        { stages: [], kind: 'unreadable' },
        { stages: [], kind: 'notSeeded' },
        { place: 'escrow', stages: [], refreshToken: fingerprint(parked.refreshToken) },
        {
          place: 'escrow',
          stages: ['SFMC_OPEN', 'SFMC_SENT'],
          refreshToken: fingerprint(rival.refreshToken),
        },
      ],
    });
    expect(printed.stdout).toMatch(/AWSCURRENT +just now +token set +[0-9a-f]{8} +30 min ago/);
    expect(
      Math.max(
        ...printed.stdout
          .split('\n')
          .slice(0, 7)
          .map(({ length }) => length),
      ),
    ).toBeLessThan(100);
    expect(world.provider.requests).toEqual([]);
  });

  it('knows from a field of the log which refresh tokens are refused, whatever the words are', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    const previous = storeToken(world, { agoMs: 180 * minuteMs });
    const current = storeToken(world, { agoMs: 90 * minuteMs });
    const [first, second] = [previous, current].map((set) => fingerprint(set.refreshToken));
    await log(
      world,
      { ...errorLine('ChainBroken', 'Reworded.'), refusedTokens: [first] },
      { ...errorLine('ChainBroken', 'Reworded.'), refusedTokens: [second] },
      { ...errorLine('StoreUnavailable'), connection: 'other', refusedTokens: ['12345678'] },
    );

    const ran = await world.run(['recover', 'acme', '--json']);

    expect(ran.exitCode).toBe(4);
    expect(ran.json()).toMatchObject({
      diagnosis: 'broken',
      commands: [
        'npm run ops -- rotate acme --force',
        'npm run ops -- seed acme --replace --jwt',
        'npm run ops -- seed acme --replace',
      ],
      lastError: { code: 'ChainBroken' },
    });
    expect(
      ran.json<{ tokens: { isRefused: boolean }[] }>().tokens.map((held) => held.isRefused),
    ).toEqual([true, true, false]);
  });

  it('believes no fingerprint that is in a message alone', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    const current = storeToken(world, { agoMs: 90 * minuteMs });
    const prose = `Broken. Refused (SHA-256): ${fingerprint(current.refreshToken)}. None`;
    await log(world, { ...errorLine('ChainBroken', prose), refusedTokens: ['no fingerprint'] });

    const ran = await world.run(['recover', 'acme', '--json']);

    expect(ran.json()).toMatchObject({ diagnosis: 'untried' });
  });

  it('counts nothing that is older than a chain which a person began', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    const old = storeToken(world, { agoMs: 200 * minuteMs });
    world.clock.advance(minuteMs);
    const seeded = storeToken(world, { connection: 'other', agoMs: 90 * minuteMs });
    world.stored().put(seeded, ['AWSCURRENT', 'SFMC_SEEDED']);
    const refusedTokens = [fingerprint(seeded.refreshToken)];
    await log(world, { ...errorLine('ChainBroken'), refusedTokens });

    const ran = await world.run(['recover', 'acme', '--json']);

    expect(ran.json()).toMatchObject({ diagnosis: 'broken' });
    expect(ran.stdout).toContain(fingerprint(old.refreshToken));
  });

  it('names what takes a secret back that is scheduled for deletion', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    storeToken(world);
    world.aws.secretsManager.deleteSecret({ SecretId: 'sfmc/acme' });

    const ran = await world.run(['recover', 'acme', '--json']);

    expect(ran.exitCode).toBe(4);
    expect(ran.json()).toMatchObject({
      diagnosis: 'deleted',
      commands: ['aws secretsmanager restore-secret --secret-id sfmc/acme'],
    });
  });

  it('says what it could not read, and goes on', async () => {
    const world = await startOpsWorld({
      function: printingFunction,
      authorize: ({ action }) => action !== 'logs:FilterLogEvents',
    });
    storeToken(world, { agoMs: 90 * minuteMs });

    const ran = await world.run(['recover', 'acme', '--json']);

    expect(ran.json()).toMatchObject({
      diagnosis: 'untried',
      unknown: [{ what: 'the latest errors', why: expect.stringMatching(/den/) }],
    });
  });

  it('does without a function, a secret or a seed', async () => {
    const world = await startOpsWorld();
    world.stored('bare').configure({ authBaseUrl: world.provider.url, clientId: 'id' });

    const acme = await world.run(['recover', 'acme', '--json']);
    const bare = await world.run(['recover', 'bare', '--json']);

    expect(acme.json()).toMatchObject({ diagnosis: 'notSeeded', tokens: [{ kind: 'notSeeded' }] });
    expect(bare.json()).toMatchObject({ diagnosis: 'noSecret', tokens: [] });
    expect([acme.exitCode, bare.exitCode]).toEqual([4, 4]);
  });

  it('knows no connection without a config', async () => {
    const world = await startOpsWorld();

    const ran = await world.run(['recover', 'other']);

    expect(ran.exitCode).toBe(2);
  });
});
