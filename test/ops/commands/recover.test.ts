import { Redacted } from '../../../lambda/core/redacted';
import { errorLine, log, printingFunction, storeToken } from '../support/installed';
import { startOpsWorld } from '../support/opsWorld';

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

  it('tells by fingerprint what the versions and the escrow hold', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    world.clock.advance(minuteMs);
    world.stored().put('something else');
    world.clock.advance(minuteMs);
    const previous = storeToken(world, { agoMs: 90 * minuteMs });
    world.clock.advance(minuteMs);
    const current = storeToken(world, { agoMs: 30 * minuteMs });
    const parked = storeToken(world, { connection: 'other', agoMs: minuteMs });
    world.stored().putParameter('escrow', JSON.stringify(parked));

    const ran = await world.run(['recover', 'acme', '--json']);
    const told = await world.run(['recover', 'acme']);

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
        { place: 'escrow', refreshToken: fingerprint(parked.refreshToken) },
      ],
    });
    expect(told.stdout).toMatch(/AWSCURRENT +just now +token set +[0-9a-f]{8} +30 min ago/);
    expect(
      Math.max(
        ...told.stdout
          .split('\n')
          .slice(0, 7)
          .map(({ length }) => length),
      ),
    ).toBeLessThan(100);
    expect(world.provider.requests).toEqual([]);
  });

  it('knows from the log which refresh tokens are refused', async () => {
    const world = await startOpsWorld({ function: printingFunction });
    const previous = storeToken(world, { agoMs: 180 * minuteMs });
    const current = storeToken(world, { agoMs: 90 * minuteMs });
    await log(
      world,
      {
        ...{ level: 'WARN', connection: 'acme', message: 'The provider refuses a refresh token' },
        refreshToken: fingerprint(previous.refreshToken),
      },
      errorLine(
        'ChainBroken',
        `Broken. Refused (SHA-256): ${fingerprint(current.refreshToken)}. None`,
      ),
    );

    const ran = await world.run(['recover', 'acme', '--json']);

    expect(ran.exitCode).toBe(4);
    expect(ran.json()).toMatchObject({
      diagnosis: 'broken',
      commands: ['npm run ops -- seed acme --replace --jwt', 'npm run ops -- seed acme --replace'],
      lastError: { code: 'ChainBroken' },
    });
    expect(
      ran.json<{ tokens: { isRefused: boolean }[] }>().tokens.map((held) => held.isRefused),
    ).toEqual([true, true, false]);
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
