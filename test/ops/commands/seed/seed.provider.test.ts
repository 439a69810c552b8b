import { closeAfterTest } from '../../../support/closing';
import { startMs } from '../../../support/simulatedClock';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

const seed = (world: OpsWorld, members: object = {}) =>
  world.run(
    ['seed', 'acme', '--stdin'],
    JSON.stringify({ refreshToken: world.provider.refreshToken, ...members }),
  );
const writes = (world: OpsWorld) =>
  world.aws.calls.filter(({ operation }) => /^(Put|Create|Delete)/.test(operation));

/** What fetch rejects with if the network fails with Node's code. */
const networkFailure = (code: string) =>
  Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(), { code }) });

/** Answers requests to Marketing Cloud one by one, the last answer forever. */
function answerFetches(...answers: (() => Response)[]) {
  let at = 0;
  const spy = jest.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    const answer = answers[Math.min(at, answers.length - 1)];
    at += 1;
    if (answer === undefined) throw new Error('no answer is planned');
    return answer();
  });
  closeAfterTest(() => spy.mockRestore());
  return spy;
}
const failing = (code: string) => () => {
  throw networkFailure(code);
};
const answer = (status: number, body: object | string) => () =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
const own = (status: number, errorcode: number) =>
  answer(status, { message: 'x', errorcode, documentation: '' });

describe('ops seed, if nothing can be sent', () => {
  it.each([
    ['a name that is not found', failing('ENOTFOUND'), 'ENOTFOUND'],
    ['a connection that is refused', failing('ECONNREFUSED'), 'ECONNREFUSED'],
    [
      'a certificate that is not trusted',
      failing('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    ['a proxy that wants to know who asks', answer(407, '<html>'), 'HTTP 407'],
  ])('reports %s at once, and that the refresh token is unused', async (_, fail, expected) => {
    const world = await startOpsWorld();
    const fetched = answerFetches(fail);

    const ran = await seed(world);

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain(expected);
    expect(ran.stderr).toMatch(/refresh token is unused, and nothing was stored/);
    expect(ran.stderr).toContain(`Check whether ${world.provider.url} is right`);
    expect(ran.stderr).toMatch(/HTTPS_PROXY.*NODE_EXTRA_CA_CERTS/);
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(world.clock.now()).toBe(startMs);
    expect(writes(world)).toEqual([]);
  });

  it('goes on asking if an answer was lost before', async () => {
    const world = await startOpsWorld();
    const fetched = answerFetches(failing('ECONNRESET'), failing('ENOTFOUND'));

    const ran = await seed(world);

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain('takes it again until 2026-11-24T08:05:00.000Z');
    expect(ran.stderr).not.toContain('is unused');
    expect(fetched.mock.calls.length).toBeGreaterThan(5);
  });

  it('says so of a client secret as well', async () => {
    const world = await startOpsWorld();
    answerFetches(failing('CERT_HAS_EXPIRED'));

    const ran = await world.run(['stage-secret', 'acme', '--stdin'], 'new-secret');

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toMatch(/CERT_HAS_EXPIRED.*Nothing was sent, nor written.*NODE_EXTRA_CA/s);
    expect(world.clock.now()).toBe(startMs);
  });
});

describe('ops seed, answered by Marketing Cloud', () => {
  it.each([400, 401, 403])('that the package is an enhanced one, by a %d', async (status) => {
    const world = await startOpsWorld();
    answerFetches(own(status, 10007));

    const ran = await seed(world);

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain(`HTTP ${status}, errorcode 10007 (this is an enhanced package`);
    expect(writes(world)).toEqual([]);
  });

  it('that the client secret is wrong, with its errorcode', async () => {
    const world = await startOpsWorld();

    const ran = await seed(world, { clientSecret: 'wrong-secret' });

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(/refuses the client secret for .*HTTP 401, errorcode 1 \(/);
  });

  it('that its rate limit is exceeded: the refresh token is unused', async () => {
    const world = await startOpsWorld();
    answerFetches(own(429, 50100));

    const ran = await seed(world);

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toMatch(/HTTP 429, errorcode 50100 .*is unused/);
  });

  it('once only that a refresh token is refused: it is asked about again', async () => {
    const world = await startOpsWorld();
    const body = JSON.stringify({ message: 'Unauthorized', errorcode: 1, documentation: '' });
    world.provider.orderFault({
      kind: 'exchange',
      takenUp: 'never',
      answer: { status: 401, body },
    });

    const ran = await seed(world);

    expect(ran.exitCode).toBe(0);
    expect(world.stored().current().accessToken).toBeDefined();
  });

  it('nothing, but by what stands in front of it: the refresh token may be used', async () => {
    const world = await startOpsWorld();
    answerFetches(answer(403, '<html>no'));

    const ran = await seed(world);

    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toMatch(/HTTP 403 with an HTML page, not in Marketing Cloud's own words/);
    expect(ran.stderr).toContain('takes it again until');
  });
});

describe('ops seed with a login’s JWT', () => {
  const jwtOf = (world: OpsWorld, members: object) => ({
    refreshToken: undefined,
    jwt: { request: { rest: { refreshToken: world.nextSecret(), ...members } } },
  });
  const tenant = (name: string, kind: string) => `https://${name}.${kind}.marketingcloudapis.com`;

  it.each([
    ['authEndpoint', `${tenant('mc-two', 'auth')}/v1/requestToken`],
    ['apiEndpointBase', `${tenant('MC-TWO', 'rest')}/`],
    ['any other member', `${tenant('mc-two', 'soap')}/Service.asmx`],
  ])('refuses one of another tenant by %s before anything is sent', async (name, address) => {
    const world = await startOpsWorld();
    world.stored().configure({ authBaseUrl: tenant('mc-one', 'auth'), clientId: 'id' });
    const fetched = answerFetches(answer(200, {}));

    const ran = await seed(world, jwtOf(world, { [name]: address }));

    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(/another tenant.*mc-one.*mc-two.*Nothing was sent/s);
    expect(fetched).not.toHaveBeenCalled();
  });

  it('takes one of its own tenant, and any at a shared host, if it asks for the addresses', async () => {
    const granted = answer(200, {
      accessToken: 'access',
      expiresIn: 3600,
      refreshToken: 'successor',
      legacyToken: 'legacy',
    });
    const soap = 'https://webservice.s7.exacttarget.com/Service.asmx';
    const world = await startOpsWorld();
    world.stored().configure({ authBaseUrl: 'https://auth.exacttargetapis.com', clientId: 'id' });
    const fetched = answerFetches(granted, answer(200, { items: [{ type: 'soap', url: soap }] }));
    const apiEndpointBase = 'https://WWW.exacttargetapis.com/';

    const ran = await seed(world, jwtOf(world, { apiEndpointBase }));

    expect(ran.exitCode).toBe(0);
    expect(world.stored().current()).toMatchObject({
      restBaseUrl: 'https://www.exacttargetapis.com',
      soapBaseUrl: soap,
    });
    expect(fetched.mock.calls.map(([url]) => url)).toEqual([
      'https://auth.exacttargetapis.com/v1/requestToken?legacy=1',
      'https://www.exacttargetapis.com/platform/v1/endpoints',
    ]);
  });
});
