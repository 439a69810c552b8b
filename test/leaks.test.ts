import { canaries, canaryIn } from './leaks/canaries';
import { playInputs } from './leaks/inputs';
import { playPaths } from './leaks/paths';
import { playProviderFaults } from './leaks/providerFaults';
import { playQuotingAws } from './leaks/quotingAws';
import { playQuotingProvider } from './leaks/quotingProvider';
import { playStoreFaults } from './leaks/storeFaults';
import { recordHeads } from './leaks/wire';

/** Every way in which an invocation may end. */
const ends = [
  ...['fresh', 'rotated', 'recovered', 'reissued', 'waiting'],
  ...['InvalidEvent', 'InvalidConfig', 'NotSeeded', 'CredentialsRejected', 'ChainBroken'],
  ...['ProviderUnavailable', 'StoreUnavailable', 'DeadlineExceeded'],
];

it('lets no token, client secret or credential out, whatever goes wrong', async () => {
  const heads = recordHeads();

  // Side by side: while one waits for its answers, others use the processors.
  const played = await Promise.all([
    playProviderFaults(),
    playStoreFaults(),
    playInputs(),
    playPaths(),
    playQuotingProvider(),
    playQuotingAws(),
  ]);

  const leaks = [
    ...played.flatMap((leakWorld) => leakWorld.leaks()),
    ...heads.flatMap((head) => canaryIn(head) ?? []),
  ];
  expect({ leaks: leaks.length, first: leaks.slice(0, 5) }).toEqual({ leaks: 0, first: [] });
  // It went wrong in every way there is.
  const seen = new Set(played.flatMap((leakWorld) => leakWorld.ends()));
  expect([...seen].sort()).toEqual([...ends].sort());
  // And the queue and the event bus received it.
  const sent = played.map((leakWorld) => leakWorld.sent());
  expect(sent.reduce((sum, { messages }) => sum + messages, 0)).toBeGreaterThan(0);
  expect(sent.reduce((sum, { events }) => sum + events, 0)).toBeGreaterThan(0);
});

it.each([
  ['whole', (canary: string) => canary],
  ['at its beginning', (canary: string) => canary.slice(0, 4)],
  ['at its end', (canary: string) => canary.slice(-4)],
  ['by a piece', (canary: string) => canary.slice(5, 9)],
  ['in capital letters', (canary: string) => canary.toUpperCase()],
  ['inside Base64', (canary: string) => Buffer.from(`user:${canary}`).toString('base64')],
])('sees a secret that is let out %s', (_, letOut) => {
  const canary = canaries()();

  expect(canaryIn(`a word before ${letOut(canary)} and after`)).toBeDefined();
  expect(canaryIn('a word before and after')).toBeUndefined();
});
