import type { LocalWorld } from '../../../support/localWorld';
import { startDueWorld, startSeededWorld } from '../../../support/startWorld';

const escrow = '/sfmc/acme/escrow';
const aFingerprint = expect.stringMatching(/^[0-9a-f]{8}$/);
const denied = expect.stringContaining('AccessDeniedException');

/** Lines of the log with this message: what they say beside it. */
const said = ({ telemetry }: LocalWorld, message: string) =>
  telemetry.lines.filter((line) => line.message === message).map(({ fields }) => fields);

describe('the log of a rotation names', () => {
  it('a write that Secrets Manager did not take, and that the token set was parked', async () => {
    const world = await startDueWorld();
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny' });

    await world.rotate();

    expect(said(world, 'Secrets Manager did not take the token set')).toEqual([
      { attempts: 1, problem: denied },
    ]);
    expect(said(world, 'Parked the token set in the escrow')).toEqual([{ parameter: escrow }]);
  });

  it('that no store took the token set', async () => {
    const world = await startDueWorld();
    world.aws.orderFault({ operation: 'PutSecretValue', kind: 'deny' });
    world.aws.orderFault({ operation: 'PutParameter', kind: 'deny' });

    await world.rotate();

    expect(said(world, 'Parameter Store did not take it either')).toEqual([
      { parameter: escrow, problem: denied },
    ]);
  });

  it('a refusal of a refresh token in the words of the provider', async () => {
    const world = await startDueWorld();
    world.provider.model.revokeChain(world.provider.refreshToken);

    await world.rotate().catch(() => undefined);

    expect(said(world, 'The provider refuses a refresh token')[0]).toEqual({
      refreshToken: aFingerprint,
      reason: 'HTTP 401, errorcode 1 (the client credentials or the refresh token are refused)',
    });
    expect(said(world, 'Waiting before the provider is asked again')[0]).toEqual({
      delayMs: 10_000,
    });
  });

  it('why the provider is asked again, after how many attempts and how long', async () => {
    const world = await startDueWorld();
    world.provider.orderFault({ kind: 'status', status: 503 });

    await world.rotate();

    expect(said(world, 'Asking the provider again')).toEqual([
      { problem: expect.stringContaining('HTTP 503'), attempts: 1, delayMs: expect.any(Number) },
    ]);
  });

  it('that an answer without refresh token is asked for again', async () => {
    const world = await startDueWorld();
    world.provider.orderFault({ kind: 'noRefreshToken' });

    await world.rotate();

    expect(said(world, 'Asking the provider again')).toEqual([
      { problem: 'no refresh token in the answer', attempts: 1, delayMs: expect.any(Number) },
    ]);
  });

  it('that a refresh token could not be marked before it was sent', async () => {
    const world = await startDueWorld();
    world.aws.orderFault({ operation: 'UpdateSecretVersionStage', kind: 'deny', calls: 4 });

    await world.rotateByHand().catch(() => undefined);

    expect(
      said(world, 'Secrets Manager did not take the mark of a refresh token to be sent'),
    ).toEqual([{ problem: denied }]);
  });

  it('that the versions could not be listed', async () => {
    const world = await startDueWorld();
    world.aws.orderFault({ operation: 'ListSecretVersionIds', kind: 'deny' });

    await world.rotateByHand();

    expect(said(world, 'The versions of the secret cannot be listed')).toEqual([
      { problem: denied },
    ]);
  });

  it('a staged client secret that cannot be one', async () => {
    const world = await startDueWorld();
    world.stored.putParameter('client-secret-next', 'two\nlines');

    await world.rotate();

    expect(said(world, 'The staged client secret cannot be one and is left out')).toEqual([
      {
        parameter: '/sfmc/acme/client-secret-next',
        problem: 'must be one line of visible ASCII characters',
      },
    ]);
  });

  it('that Secrets Manager tries its own rotation out on a version without tokens', async () => {
    const world = await startSeededWorld();

    await world.step('testSecret', 'v'.repeat(32));

    expect(said(world, 'There is no token set to test')).toEqual([{}]);
  });
});
