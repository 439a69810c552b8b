import { sqsEvent } from '../support/sqsEvent';
import { LeakWorld } from './leakWorld';

/** What the secret may hold that is no token set, with secrets in every wrong place. */
const secretTexts = (canary: () => string): string[] => {
  const good = {
    accessToken: canary(),
    legacyToken: canary(),
    refreshToken: canary(),
    issuedAt: '2026-01-05T08:00:00.000Z',
    expiresAt: '2026-01-05T09:00:00.000Z',
  };
  const text = (members: object) => JSON.stringify({ ...good, ...members });
  return [
    canary(),
    `"${canary()}"`,
    `{"refreshToken":"${canary()}"} ${canary()}`,
    `{"refreshToken":"${canary()}"`,
    `{'refreshToken':'${canary()}'}`,
    `{refreshToken:${canary()}}`,
    `refreshToken=${canary()}`,
    `{"refreshToken":"${canary()}\n"}`,
    `\uFEFF{"refresh_token":"  ${canary()}\\r\\n"}`,
    `{"refreshToken":"${canary()} ${canary()}"}`,
    JSON.stringify([canary()]),
    text({ refreshToken: [canary()] }),
    text({ refreshToken: { value: canary() } }),
    text({ accessToken: { value: canary() } }),
    text({ accessToken: '' }),
    text({ legacyToken: 7 }),
    text({ issuedAt: canary() }),
    text({ issuedAt: { at: canary() } }),
    text({ expiresAt: canary() }),
    text({ restBaseUrl: { [canary()]: canary() } }),
    text({ soapBaseUrl: [canary()] }),
    text({ refreshToken: undefined }),
    JSON.stringify({ [canary()]: canary() }),
    JSON.stringify({ refreshToken: '', note: canary() }),
    '{}',
  ];
};

/** Escrows that are lists, of sets with odd marks and of what is no set at all. */
const escrowLists = (canary: () => string, tokenSet: () => string): string[] => {
  const set = (marks: object) => ({ ...JSON.parse(tokenSet()), ...marks });
  return [
    [set({ open: true, sent: true }), set({ open: canary(), sent: canary(), parent: canary() })],
    [canary(), [canary()], { refreshToken: canary() }, { [canary()]: canary() }, null],
    [set({}), { ...set({}), refreshToken: [canary()] }, { ...set({}), issuedAt: canary() }],
    Array.from({ length: 6 }, () => set({ open: true, parent: 'ffffffff' })),
  ].map((list) => JSON.stringify(list));
};

const configTexts = (canary: () => string, authBaseUrl: string): string[] => {
  const text = (members: object) =>
    JSON.stringify({ authBaseUrl, clientId: 'client-id', clientSecret: canary(), ...members });
  return [
    canary(),
    `{"clientSecret":"${canary()}"`,
    JSON.stringify([canary()]),
    text({ authBaseUrl: `https://${canary()}.example.com` }),
    text({ authBaseUrl: `https://user:${canary()}@auth.exacttargetapis.com` }),
    text({ authBaseUrl: `https://auth.exacttargetapis.com/?clientSecret=${canary()}` }),
    text({ authBaseUrl: 'http://127.0.0.1:99999' }),
    text({ authBaseUrl: { [canary()]: canary() } }),
    text({ clientId: { [canary()]: canary() } }),
    text({ clientId: [canary()] }),
    text({ clientId: undefined }),
    text({ onBrokenChain: canary() }),
  ];
};

const events = (canary: () => string, connection: string): unknown[] => [
  canary(),
  [canary()],
  null,
  { connection: canary() },
  { connection: { refreshToken: canary() } },
  { connection: `${connection} ${canary()}` },
  { connection, force: canary() },
  { refreshToken: canary() },
  { Records: [{ body: JSON.stringify({ refreshToken: canary() }) }] },
  { Step: canary(), SecretId: `sfmc/${connection}`, ClientRequestToken: canary() },
  { Step: 'testSecret', SecretId: canary(), ClientRequestToken: 'a'.repeat(36) },
  { Step: 'testSecret', SecretId: `sfmc/${connection}`, ClientRequestToken: `${canary()} ` },
  { Step: 'testSecret', SecretId: [canary()], ClientRequestToken: { token: canary() } },
];

/** Bodies of messages. */
const bodies = (canary: () => string, connection: string): string[] => [
  canary(),
  `{"connection":"${connection}","refreshToken":"${canary()}"`,
  JSON.stringify({ connection: canary() }),
  JSON.stringify({ connection, force: canary() }),
  JSON.stringify({ connection, isFollowUp: canary() }),
  JSON.stringify({ connection, isFollowUp: { [canary()]: canary() } }),
  JSON.stringify({ connection, scheduledAt: canary(), refreshToken: canary() }),
];

/** Gives the function what it must refuse. */
export async function playInputs(): Promise<LeakWorld> {
  const leakWorld = await LeakWorld.start();
  const { canary } = leakWorld;
  for (const text of secretTexts(canary)) {
    leakWorld.connect().put(text);
    await leakWorld.invoke();
    await leakWorld.step('createSecret', crypto.randomUUID());
  }
  for (const text of configTexts(canary, leakWorld.world.provider.url)) {
    leakWorld.connect().putParameter('config', text, 'String');
    await leakWorld.invoke(undefined, { timeoutMs: 7_000 });
  }
  for (const text of secretTexts(canary)) {
    leakWorld.connect().putParameter('escrow', text);
    await leakWorld.invoke();
  }
  for (const text of escrowLists(canary, () => leakWorld.tokenSet())) {
    leakWorld.connect().putParameter('escrow', text);
    await leakWorld.deliver();
    await leakWorld.deliver({ receiveCount: 2 });
  }
  leakWorld.connect().putParameter('client-secret', JSON.stringify({ clientSecret: canary() }));
  await leakWorld.invoke();
  for (const leaf of ['config', 'client-secret']) {
    leakWorld.connect().deleteParameter(leaf);
    await leakWorld.invoke();
  }
  const { connection } = leakWorld;
  for (const event of events(canary, connection)) await leakWorld.invoke(event);
  for (const body of bodies(canary, connection)) {
    const event = sqsEvent(connection, { queueArn: leakWorld.queueArn });
    const Records = event.Records.map((record) => ({ ...record, body }));
    await leakWorld.invoke({ Records });
    await leakWorld.invoke({ Records: Records.map((record) => ({ ...record, attributes: body })) });
  }
  await leakWorld.invoke({ connection, refreshToken: canary() });
  return leakWorld;
}
