import type { Facts } from '../../../../lambda/core/facts';
import type { Grant } from '../../../../lambda/core/providerAnswer';
import { Redacted } from '../../../../lambda/core/redacted';
import { minuteMs, secondMs, startMs } from '../../../support/simulatedClock';
import {
  firstSecret,
  held,
  issued,
  parametersOf,
  seeded,
  stagedSecret,
  versionOf,
} from '../../core/facts';
import { grant, hourMs, iso, publish, sentAtMs, startWorld } from './grants';

describe('an access token that is stored', () => {
  const short = { ...grant, expiresInMs: 10 * minuteMs };
  const useless = { ...grant, expiresInMs: 10 * minuteMs - 1 };
  const stored = async (
    was: Parameters<typeof startWorld>[0],
    brought: Grant,
    overrides: Partial<Facts> = {},
  ) => {
    const world = await startWorld(was);
    await publish(world, { grant: brought }, overrides);
    const { accessToken, legacyToken, expiresAt } = world.stored.current();
    return { accessToken, legacyToken, expiresAt };
  };
  const storedUntil = (ms: number) => ({
    accessToken: 'stored-access',
    legacyToken: 'stored-legacy',
    expiresAt: iso(ms),
  });
  const newUntil = (ms: number) => ({
    accessToken: 'new-access',
    legacyToken: 'new-legacy',
    expiresAt: iso(ms),
  });

  it('stays if it lives longer than the new one', async () => {
    expect(await stored({}, short)).toEqual(storedUntil(startMs + hourMs));
    expect(await stored({ lifeMs: 40 * minuteMs + 1 }, short)).toEqual(
      storedUntil(startMs + 40 * minuteMs + 1),
    );
    expect(await stored({ lifeMs: 40 * minuteMs }, short)).toEqual(
      newUntil(startMs + 40 * minuteMs),
    );
  });

  it('goes if another clock has issued it after the new one, which serves readers', async () => {
    expect(await stored({ issuedAtMs: sentAtMs }, short)).toEqual(storedUntil(sentAtMs + hourMs));
    expect(await stored({ issuedAtMs: sentAtMs + 1 }, short)).toEqual(
      newUntil(sentAtMs + 10 * minuteMs),
    );
  });

  it('goes if it is said to live longer than any does', async () => {
    const dayMs = 24 * hourMs;
    const until = (ms: number) => ({ lifeMs: sentAtMs + ms - startMs });

    expect(await stored(until(dayMs), short)).toEqual(storedUntil(sentAtMs + dayMs));
    expect(await stored(until(dayMs + 1), short)).toEqual(newUntil(sentAtMs + 10 * minuteMs));
    expect(await stored(until(dayMs + 1), useless)).toEqual(
      storedUntil(sentAtMs + 10 * minuteMs - 1),
    );
  });

  it('stays if the new one serves nobody, and keeps its time if clocks may differ by as much', async () => {
    const aheadMs = 10 * minuteMs;

    expect(await stored({ issuedAtMs: sentAtMs + aheadMs }, useless)).toEqual(
      storedUntil(sentAtMs + aheadMs + hourMs),
    );
    expect(await stored({ issuedAtMs: sentAtMs + aheadMs + 1 }, useless)).toEqual(
      storedUntil(sentAtMs + 10 * minuteMs - 1),
    );
  });

  it('goes if it lives no longer, though the new one serves nobody', async () => {
    const untilMs = sentAtMs + 10 * minuteMs - 1;

    expect(await stored({ lifeMs: 20 * minuteMs }, useless)).toEqual(newUntil(untilMs));
    expect(await stored({ issuedAtMs: sentAtMs, lifeMs: minuteMs }, useless)).toEqual(
      newUntil(untilMs),
    );
  });

  it('stays if it is in the escrow, or where the token that was sent is', async () => {
    const expired = { lifeMs: 20 * minuteMs };
    const parked = held({
      ...issued('sent'),
      accessToken: new Redacted('parked-access'),
      issuedAtMs: startMs,
      expiresAtMs: sentAtMs + 50 * minuteMs,
    });
    const other = held({ ...parked.tokenSet, refreshToken: new Redacted('other') });

    expect((await stored(expired, short, { held: [other] })).accessToken).toBe('new-access');
    expect((await stored(expired, short, { held: [other, parked] })).accessToken).toBe(
      'parked-access',
    );
    const alone = { current: versionOf(seeded('sent')), held: [parked] };
    expect((await stored(expired, short, alone)).accessToken).toBe('parked-access');
  });

  it('is not there beside a first refresh token: what that brings serves as long as it lives', async () => {
    const first = { current: versionOf(seeded('sent')) };

    expect(await stored({}, useless, first)).toEqual(newUntil(sentAtMs + 10 * minuteMs - 1));
  });
});

describe('the log of what was granted', () => {
  it('says once in an environment that tokens live short, and how long', async () => {
    const world = await startWorld();
    const run = world.run();
    const versionId = world.stored.versionOf('AWSCURRENT');

    await publish(world, { grant: { ...grant, expiresInMs: 20 * minuteMs } });
    await publish(world, { grant: { ...grant, expiresInMs: 20 * minuteMs } });

    expect(world.telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'Access tokens live shorter than usual: they are renewed so much sooner',
        fields: { lifeSeconds: (20 * minuteMs) / secondMs, versionId },
      },
    ]);
    expect(run.memory.isShortLifeLogged).toBe(true);
  });

  it('says what was odd about the answer', async () => {
    const world = await startWorld();

    await publish(world, { grant: { ...grant, oddity: 'expiresIn is a text of digits' } });

    expect(world.telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'The answer is odd, and was taken',
        fields: { oddity: 'expiresIn is a text of digits' },
      },
    ]);
  });

  it('says that the staged client secret is in use, and what to do about it', async () => {
    const world = await startWorld();
    const parameters = parametersOf({
      clientSecrets: [firstSecret, stagedSecret],
      authBaseUrl: 'https://auth-test.exacttargetapis.com',
    });

    await publish(world, { clientSecret: stagedSecret }, { parameters });

    expect(world.telemetry.counted).toEqual(['StagedSecretUsed']);
    expect(world.telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'The staged client secret is in use, since the first one is refused',
        fields: {
          remedy: 'Write the value of /sfmc/acme/client-secret-next to /sfmc/acme/client-secret',
        },
      },
    ]);
  });
});
