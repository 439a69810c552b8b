import { dispatcherTimeoutMs } from '../../lambda/core/limits';
import type { FleetOptions, FleetOutage } from '../../simulator/fleet/fleetWorld';
import { defaultQuotas, higherThroughput } from '../../simulator/fleet/quotas';
import type { Row } from '../table';
import { measureDispatcherHeap } from './dispatcherHeap';
import {
  type FlatOut,
  measureDeadDispatcher,
  measureFlatOut,
  measureNeighbours,
  measureOutage,
  measureRuns,
  measureSteady,
} from './scenarios';

/** Twice the rotations of a period, one a second at a time. */
const concurrencyOf = (connections: number) => Math.max(2, Math.floor((2 * connections) / 1_200));

const ofSize = (connections: number): FleetOptions => ({
  connections,
  quotas: defaultQuotas,
  concurrency: concurrencyOf(connections),
});

const number = (value: number, digits = 0) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
const judged = (isMet: boolean, target: string) => `${target} ${isMet ? 'met' : 'missed'}`;

/** Measures a fleet and gives the lines of its table: what, value, target. */
export async function measureFleet(quick: boolean, report: (what: string) => void): Promise<Row[]> {
  const connections = quick ? 1_000 : 10_000;
  const rows: Row[] = [['', 'measured', 'target']];
  report('Letting a fleet run ...');
  rows.push(...(await steadyRows(connections)));
  report('Working off a round ...');
  rows.push(...(await flatOutRows(quick)));
  report('Running the dispatcher ...');
  rows.push(...(await dispatcherRows(quick)));
  report('Having outages ...');
  rows.push(...(await outageRows(connections)));
  if (!quick) {
    report('Having outages of faster and slower providers ...');
    rows.push(...(await speedRows(connections)));
  }
  report('Looking at the neighbours of a bad connection ...');
  rows.push(...(await neighbourRows(connections)));
  return rows;
}

async function steadyRows(connections: number): Promise<Row[]> {
  const steady = await measureSteady(ofSize(connections), 3);
  const { mean, peak } = steady;
  return [
    [''],
    [`${number(connections)} connections, ${concurrencyOf(connections)} at once, for an hour`],
    ['  token requests a minute, mean', number(mean), ''],
    ['  the most in a minute, to the mean', number(peak / mean, 2), ''],
    ['  calls throttled', number(steady.throttled), judged(steady.throttled === 0, '0')],
    ['  longest wait in the queue and for the rotation', seconds(steady.longestWaitMs), ''],
    ['  calls for a connection in a month', '', ''],
    ...[...steady.perMonth].map(([name, count]): Row => [`    ${name}`, number(count), '']),
    ['    milliseconds of the rotator', number(steady.invokedMsPerMonth), ''],
  ];
}

async function flatOutRows(quick: boolean): Promise<Row[]> {
  const flatOut = async (connections: number, concurrency: number, quotas = defaultQuotas) => {
    const measured = await measureFlatOut({ connections, quotas, concurrency });
    return [`  ${number(connections)}, ${concurrency} at once`, ...flatOutCells(measured)];
  };
  const sizes = quick ? [1_000] : [1_000, 10_000];
  const rows: Row[] = [[''], ['A round flat out, all connections due at once: time, and share of']];
  rows.push(['what the tightest quota allows']);
  for (const size of sizes) rows.push(await flatOut(size, 40));
  rows.push(['the same, with the higher throughput of Parameter Store']);
  for (const size of quick ? sizes : [...sizes, 50_000]) {
    rows.push(await flatOut(size, 50, higherThroughput));
  }
  return rows;
}

function flatOutCells({ seconds: took, quotaSeconds, quota, left }: FlatOut): Row {
  const share = quotaSeconds / took;
  const isMet = share >= 0.96 && left === 0;
  return [`${number(took)} s, ${number(share, 2)} of ${quota}`, judged(isMet, '>= 0.96')];
}

async function dispatcherRows(quick: boolean): Promise<Row[]> {
  const rows: Row[] = [[''], ['The dispatcher: a run in a new environment, and in a warm one']];
  for (const connections of quick ? [1_000] : [1_000, 10_000, 60_000]) {
    const { quotas } = connections > 10_000 ? { quotas: higherThroughput } : ofSize(connections);
    const runs = await measureRuns({ ...ofSize(connections), quotas });
    const [first, later] = [runs.firstSeconds, runs.laterSeconds].map((took) =>
      took === undefined ? 'not done' : `${number(took)} s`,
    );
    const isMet = runs.firstSeconds !== undefined && runs.laterSeconds !== undefined;
    rows.push([
      `  ${number(connections)}`,
      `${first}, ${later}`,
      judged(isMet, `in ${dispatcherTimeoutMs / 1_000} s`),
    ]);
  }
  // The first look is at what the measuring itself brings along.
  await measureDispatcherHeap(1_000);
  const small = await measureDispatcherHeap(1_000);
  const large = await measureDispatcherHeap(100_000);
  const kilobytes = (bytes: number) => `${number(Math.max(0, bytes) / 1_024)} KB`;
  rows.push([
    '  heap in use for 1,000 and for 100,000 (real)',
    `${kilobytes(small)}, ${kilobytes(large)}`,
    judged(large < 1_048_576, 'flat'),
  ]);
  const dead = await measureDeadDispatcher(ofSize(1_000));
  rows.push([
    '  dies in the middle, 1,000: rotations in that period, and late',
    `${number(dead.rotations)}, ${number(dead.lateConnections)}`,
    judged(dead.rotations === 1_000 && dead.lateConnections === 0, '1,000, 0'),
  ]);
  return rows;
}

async function outageRows(connections: number): Promise<Row[]> {
  const kinds: readonly (readonly [string, FleetOutage, number])[] = [
    ['The provider answers 503 for 30 minutes', 'provider.own503', 30],
    ['The provider answers nothing for 30 minutes', 'provider.silent', 30],
    ['Secrets Manager is down for 10 minutes', 'secrets.both', 10],
    ['Secrets Manager takes no writes for 10 minutes', 'secrets.writes', 10],
  ];
  const rows: Row[] = [];
  for (const [title, outage, minutes] of kinds) {
    const survived = await measureOutage(ofSize(connections), outage, minutes);
    const { lost, expired, leastLeft, peakAfter, meanBefore, freshAfter } = survived;
    const herd = peakAfter / meanBefore;
    // Two at once is the least that there is, and more than a small fleet needs.
    const isBounded = connections >= 10_000 ? judged(herd <= 2, '<= 2.00') : '';
    rows.push(
      [''],
      [`${title}, ${number(connections)} connections`],
      ['  chains lost', number(lost), judged(lost === 0, '0')],
      [
        '  readers with an expired token, looked at each minute',
        number(expired),
        judged(expired === 0, '0'),
      ],
      ['  least life left of any token', `${number(leastLeft, 1)} min`, ''],
      ['  most token requests in a minute after, to the mean before', number(herd, 2), isBounded],
      [
        '  no token older than 25 min, after',
        freshAfter === undefined ? 'never' : `${freshAfter} min`,
        judged(freshAfter !== undefined && freshAfter <= 20, '<= 20 min'),
      ],
    );
  }
  return rows;
}

/** An invocation takes a second at least, so that the provider's speed makes no difference. */
async function speedRows(connections: number): Promise<Row[]> {
  const rows: Row[] = [
    [''],
    [
      'Another provider, 503 for 30 minutes: most requests after, least life left, time until fresh',
    ],
  ];
  for (const providerMs of [100, 800]) {
    const options = { ...ofSize(connections), latencies: { awsMs: 20, providerMs } };
    const survived = await measureOutage(options, 'provider.own503', 30);
    const { peakAfter, meanBefore, leastLeft, freshAfter, expired } = survived;
    const measured = `${number(peakAfter / meanBefore, 2)}, ${number(leastLeft, 1)} min, ${freshAfter ?? '>40'} min`;
    rows.push([`  ${seconds(providerMs)}`, measured, judged(expired === 0, 'none expired')]);
  }
  return rows;
}

async function neighbourRows(connections: number): Promise<Row[]> {
  const rows: Row[] = [
    [''],
    [`From sent to rotated, ${number(connections)} connections: median, longest`],
  ];
  const alone = await measureNeighbours(ofSize(connections), 0);
  rows.push(['  nobody is refused', `${seconds(alone.medianMs)}, ${seconds(alone.longestMs)}`, '']);
  const beside = await measureNeighbours(ofSize(connections), 1);
  const isMet = beside.medianMs <= alone.medianMs && beside.behind === 0;
  rows.push([
    '  the others, while one is refused for good',
    `${seconds(beside.medianMs)}, ${seconds(beside.longestMs)}`,
    judged(isMet, 'the same'),
  ]);
  return rows;
}

const seconds = (ms: number) => `${number(ms / 1_000, 2)} s`;
