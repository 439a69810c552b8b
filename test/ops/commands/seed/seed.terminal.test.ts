import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { closeAfterTest } from '../../../support/closing';
import { storeToken } from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

const startWorld = () => startOpsWorld({ now: Date.now });
const isLive = (world: OpsWorld) => {
  const { refreshToken = '' } = world.stored().current();
  return world.provider.model.accepts(refreshToken, Date.now() + 10 * 60_000);
};
const tokenRequests = ({ provider }: OpsWorld) => provider.requests.length;

describe('ops seed in a terminal', () => {
  it('takes client secret and refresh token unseen', async () => {
    const world = await startWorld();
    world.stored().deleteParameter('client-secret');

    const session = world.open(['seed', 'acme']);
    await session.sees('Client secret of "acme":');
    session.types(world.provider.clientSecret);
    await session.sees('First refresh token (Enter asks Marketing Cloud for one):');
    session.types(world.provider.refreshToken);
    await session.sees('Seeded acme.');

    expect(await session.ended).toBe(0);
    expect(isLive(world)).toBe(true);
    expect(session.text).toContain('in 59 min');
  });

  it('keeps the stored client secret and asks Marketing Cloud for a refresh token on Enter', async () => {
    const world = await startWorld();

    const session = world.open(['seed', 'acme']);
    await session.sees('Client secret of "acme" (Enter keeps the stored one):');
    session.types('');
    await session.sees('it would change whose token it is');
    await session.sees('First refresh token');
    session.types('');
    await session.sees('Is it a server-to-server package?');
    session.types('y');

    expect(await session.ended).toBe(0);
    expect(isLive(world)).toBe(true);
  });

  it('asks for a mistyped client secret once more, and for nothing else', async () => {
    const world = await startWorld();
    world.stored().deleteParameter('client-secret');
    const { clientSecret, refreshToken } = world.provider;

    const session = world.open(['seed', 'acme', '--jwt']);
    await session.sees('Client secret of "acme":');
    session.types(`${clientSecret.slice(1)}x`);
    await session.sees('JWT of the login');
    session.types(JSON.stringify({ request: { rest: { refreshToken } } }));
    await session.sees('Marketing Cloud refuses the client secret');
    await session.sees('Client secret, once more (Enter gives up):');
    session.types(clientSecret);
    await session.sees('Seeded acme.');

    expect(await session.ended).toBe(0);
    expect(isLive(world)).toBe(true);
    const [, after = ''] = session.text.split('Marketing Cloud refuses the client secret');
    expect(after).not.toContain('JWT of the login');
  });

  it('gives up a mistyped client secret on Enter, with nothing stored', async () => {
    const world = await startWorld();
    world.stored().deleteParameter('client-secret');

    const session = world.open(['seed', 'acme']);
    await session.sees('Client secret of "acme":');
    session.types(world.nextSecret());
    await session.sees('First refresh token');
    session.types(world.provider.refreshToken);
    await session.sees('once more (Enter gives up):');
    session.types('');

    expect(await session.ended).toBe(3);
    expect(world.stored().current()).toEqual({});
  });

  it('issues no chain for a package that users log in to', async () => {
    const world = await startWorld();

    const session = world.open(['seed', 'acme']);
    await session.sees('Client secret');
    session.types('');
    await session.sees('First refresh token');
    session.types('');
    await session.sees('Is it a server-to-server package?');
    session.types('');

    expect(await session.ended).toBe(3);
    expect(tokenRequests(world)).toBe(0);
  });

  it('takes a JWT of 3 KB unseen', async () => {
    const world = await startWorld();
    const { refreshToken } = world.provider;
    const claims = { request: { rest: { refreshToken } }, padding: 'x'.repeat(2_300) };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');

    const session = world.open(['seed', 'acme', '--jwt']);
    await session.sees('Client secret');
    session.types('');
    await session.sees('JWT of the login');
    session.types(`e30.${payload}.c2ln`);
    await session.sees('Seeded acme.');

    expect(payload.length).toBeGreaterThan(3_000);
    expect(await session.ended).toBe(0);
    expect(isLive(world)).toBe(true);
    expect(session.raw).not.toContain(payload.slice(0, 40));
  });

  it('leaves nothing to the shell of claims that were pasted on several lines', async () => {
    const world = await startWorld();
    const refreshToken = world.nextSecret();

    const session = world.open(['seed', 'acme', '--jwt'], { AFTERWARDS: 'sleep 1' });
    await session.sees('Client secret');
    session.types('');
    await session.sees('JWT of the login');
    session.types('{');
    await session.sees('✔');
    // A slow line: the rest comes when the question has been answered.
    for (let piece = 0; piece < 20; piece++) {
      await delay(5);
      session.types(`"request":{"rest":{"refreshToken":"${refreshToken}"}}}`);
    }
    await session.sees('is needed, on one line');

    expect(await session.ended).toBe(2);
    expect(session.text).not.toContain('"request"');
    expect(tokenRequests(world)).toBe(0);
  });

  it.each([
    ['n', 3],
    // After the interruption of what follows: the wait for a rotation that may be under way.
    ['y', 130],
  ])('asks before it replaces a chain, and obeys %s', async (answer, exitCode) => {
    const world = await startWorld();
    const before = storeToken(world, {
      expiresAt: new Date(Date.now() + 42.5 * 60_000).toISOString(),
    });

    const session = world.open(['seed', 'acme', '--replace']);
    await session.sees('Its access token is valid until');
    await session.sees('in 42 min');
    await session.sees('Replace the chain?');
    session.types(answer);
    if (answer === 'y') {
      await session.sees('Client secret');
      session.types('');
      await session.sees('First refresh token');
      session.types(world.provider.refreshToken);
      await session.sees('Waiting 45 s for a rotation that may be under way');
      session.interrupts();
    }

    expect(await session.ended).toBe(exitCode);
    expect(world.stored().current().refreshToken === before.refreshToken).toBe(answer === 'n');
  });

  it('asks for the REST host if a shared token endpoint does not give it', async () => {
    const world = await startWorld();
    const authBaseUrl = 'https://auth-test.exacttargetapis.com';
    world.stored().configure({ authBaseUrl, clientId: 'id' });

    const session = world.open(['seed', 'acme']);
    await session.sees('Client secret');
    session.types('');
    await session.sees('First refresh token');
    session.types(world.nextSecret());
    await session.sees('REST base URL, for readers');
    session.types('https://example.com');
    await session.sees('must be https://SUBDOMAIN.rest.marketingcloudapis.com');

    expect(await session.ended).toBe(2);
  });

  it('sends nothing after Ctrl-C at a question', async () => {
    const world = await startWorld();

    const session = world.open(['seed', 'acme']);
    await session.sees('Client secret');
    session.interrupts();

    expect(await session.ended).toBe(130);
    expect(session.text).toContain('Interrupted. Nothing more was done.');
    expect(tokenRequests(world)).toBe(0);
  });

  it('does not obey Ctrl-C while the only live refresh token is not stored', async () => {
    const world = await startWorld();
    world.aws.orderFault({ kind: 'slow', operation: 'PutSecretValue', delayMs: 1_000 });
    world.provider.orderFault({ kind: 'slow', delayMs: 1_500 });

    const session = world.open(['seed', 'acme']);
    await session.sees('Client secret');
    session.types('');
    await session.sees('First refresh token');
    session.types(world.provider.refreshToken);
    await session.sees('Ctrl-C is not obeyed');
    session.interrupts();
    await session.sees('Not now');
    await session.sees('Seeded acme.');

    expect(await session.ended).toBe(0);
    expect(isLive(world)).toBe(true);
  });

  it('keeps at it until a store takes the token set', async () => {
    const world = await startWorld();
    const calls = 'untilCancelled';
    const ends = ['PutSecretValue', 'PutParameter'].map((operation) =>
      world.aws.orderFault({ kind: 'deny', operation, calls }),
    );

    const session = world.open(['seed', 'acme']);
    await session.sees('Client secret');
    session.types('');
    await session.sees('First refresh token');
    session.types(world.provider.refreshToken);
    await session.sees('Parameter Store did not take it either');
    for (const end of ends) end();

    expect(await session.ended).toBe(0);
    expect(isLive(world)).toBe(true);
  });
});

describe('ops seed with its input piped in', () => {
  const root = path.join(__dirname, '..', '..', '..', '..');

  it('does not end on a signal before the token set is stored', async () => {
    const world = await startWorld();
    world.provider.orderFault({ kind: 'slow', delayMs: 4_000 });
    const argv = ['seed', 'acme', '--stdin', '--local', '--endpoint-url', world.aws.url];
    const child = spawn(process.execPath, ['scripts/ops.cjs', ...argv], {
      cwd: root,
      env: { PATH: process.env.PATH },
    });
    closeAfterTest(() => {
      child.kill('SIGKILL');
    });
    let printed = '';
    child.stderr.on('data', (chunk) => {
      printed += chunk;
    });
    child.stdin.end(JSON.stringify({ refreshToken: world.provider.refreshToken }));
    while (!printed.includes('Ctrl-C is not obeyed')) await once(child.stderr, 'data');

    child.kill('SIGINT');
    const [exitCode] = await once(child, 'exit');

    expect(printed).toContain('Not now');
    expect(exitCode).toBe(0);
    expect(isLive(world)).toBe(true);
  });
});
