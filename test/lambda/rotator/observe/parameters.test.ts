import { readParameters } from '../../../../lambda/rotator/observe';
import type { LocalWorld } from '../../../support/localWorld';
import { startSeededWorld } from '../../../support/startWorld';

const issued = (refreshToken: string) => ({
  accessToken: 'access',
  refreshToken,
  issuedAt: '2026-11-24T08:00:00.000Z',
  expiresAt: '2026-11-24T09:00:00.000Z',
});

describe('reading the parameters', () => {
  it('takes config and client secret, in one call', async () => {
    const world = await startSeededWorld();

    const read = await readParameters(world.run());

    expect(read.parameters.config).toEqual({
      authBaseUrl: world.provider.url,
      clientId: world.provider.clientId,
      onBrokenChain: 'alarm',
    });
    expect(secretsIn(read)).toEqual([world.provider.clientSecret]);
    expect(read).toMatchObject({ held: [], escrowPresent: false });
    expect(world.requests).toEqual(['GetParameters']);
  });

  it('takes the staged secret after the first, white space around either left out', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('client-secret', '\uFEFF first\n');
    world.stored.putParameter('client-secret-next', '\tstaged ');

    const parameters = await readParameters(world.run());

    expect(secretsIn(parameters)).toEqual(['first', 'staged']);
  });

  it('takes a staged secret that is the first one for none', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('client-secret-next', world.provider.clientSecret);

    const parameters = await readParameters(world.run());

    expect(secretsIn(parameters)).toEqual([world.provider.clientSecret]);
  });

  it.each(['two\nlines', 'inner\u200Bmark', 'sécret', 'canary\u001b[0m'])(
    'names a client secret of %j, and sends nothing with it',
    async (written) => {
      const world = await startSeededWorld();
      world.stored.putParameter('client-secret', written);

      const error = await readParameters(world.run()).catch((thrown: unknown) => thrown);

      expect(error).toMatchObject({
        code: 'InvalidConfig',
        message: expect.stringContaining(
          '/sfmc/acme/client-secret in us-east-1 must be one line of visible ASCII characters',
        ),
      });
      expect(`${error}`).not.toContain(written);
    },
  );

  it('leaves out a staged secret that cannot be one', async () => {
    const world = await startSeededWorld();
    world.stored.putParameter('client-secret-next', 'two\nlines');

    const parameters = await readParameters(world.run());

    expect(secretsIn(parameters)).toEqual([world.provider.clientSecret]);
  });

  it('takes what hands put into the config: a byte order mark, blanks around its values', async () => {
    const world = await startSeededWorld();
    const { url, clientId } = world.provider;
    const members = { authBaseUrl: `${url}/ `, clientId: ` ${clientId}\n` };
    world.stored.putParameter('config', `\uFEFF${JSON.stringify(members)}`, 'String');

    const { parameters } = await readParameters(world.run());

    expect(parameters.config).toEqual({ authBaseUrl: url, clientId, onBrokenChain: 'alarm' });
  });

  it.each([
    ['one token set', (set: object) => set],
    ['a list of them', (set: object) => [set]],
  ])('takes %s in the escrow', async (_, textOf) => {
    const world = await startSeededWorld();
    world.stored.putParameter('escrow', JSON.stringify(textOf(issued('parked'))));

    const { held, escrowPresent } = await readParameters(world.run());

    expect(held.map(({ tokenSet }) => tokenSet.refreshToken.reveal())).toEqual(['parked']);
    expect(held).toMatchObject([{ open: false, sent: false }]);
    expect(escrowPresent).toBe(true);
  });

  it('takes what the escrow notes of its token sets', async () => {
    const world = await startSeededWorld();
    const first = { ...issued('first'), open: true, parent: '0123abcd' };
    const second = { ...issued('second'), sent: true };
    world.stored.putParameter('escrow', JSON.stringify([first, second, { note: 'no token set' }]));

    const { held } = await readParameters(world.run());

    expect(held).toMatchObject([
      { open: true, sent: false, parent: '0123abcd' },
      { open: false, sent: true },
    ]);
    expect(world.telemetry.lines).toEqual([]);
  });

  it.each([
    ['no JSON', 'canary-token'],
    ['no token set', '{"refreshToken":"canary-token"}'],
    ['a wrong type', '{"refreshToken":5}'],
  ])('leaves an escrow out that holds %s, with a warning', async (_, text) => {
    const world = await startSeededWorld();
    world.stored.putParameter('escrow', text);

    const read = await readParameters(world.run());

    expect(read).toMatchObject({ held: [], escrowPresent: true });
    expect(world.telemetry.lines).toEqual([
      {
        level: 'warn',
        message: 'The escrow cannot be read and is left out',
        fields: { parameter: '/sfmc/acme/escrow' },
      },
    ]);
    expect(world.said()).not.toContain('canary');
  });

  it.each([
    ['config', 'does not exist', 'a String', (world) => world.stored.deleteParameter('config')],
    [
      'client-secret',
      'does not exist',
      'a SecureString',
      (world) => world.stored.deleteParameter('client-secret'),
    ],
    [
      'client-secret',
      'is empty',
      'a SecureString',
      (world) => world.stored.putParameter('client-secret', ' '),
    ],
  ] satisfies [string, string, string, (world: LocalWorld) => void][])(
    'says that %s %s, where, and to put it there as %s',
    async (leaf, problem, type, spoil) => {
      const world = await startSeededWorld();
      spoil(world);

      const reading = readParameters(world.run());

      await expect(reading).rejects.toMatchObject({
        code: 'InvalidConfig',
        message:
          `Connection "acme": the parameter /sfmc/acme/${leaf} ${problem} in us-east-1. ` +
          `Put it there as ${type}.`,
      });
    },
  );
});

const secretsIn = ({ parameters }: Awaited<ReturnType<typeof readParameters>>) =>
  parameters.clientSecrets.map((secret) => secret.reveal());
