import { performance } from 'node:perf_hooks';
import { type AwsLocal, startAwsLocal } from '../local/aws/server';
import { type ReaderSubject, readerSubjects } from './readers';
import { median } from './statistics';
import type { Row } from './table';
import { environmentOf } from './world';

const callsARound = 20_000;
const callersAtOnce = 1_000;
/** How many times faster than each of the others a hit should be. */
const target = 5;

const readerColumns: Row = [
  '',
  'rounds',
  'median',
  'ratio',
  `calls by ${callersAtOnce} at once`,
  'target',
];

interface Hits {
  readonly subject: ReaderSubject;
  readonly read: () => Promise<unknown>;
  readonly nsPerCall: number[];
}

/**
 * What it costs to be given a token set that is in memory, beside libraries that others would use,
 * and how many calls to Secrets Manager a crowd of first readers makes. All run in this process,
 * against one endpoint, a round of each in turn.
 */
export async function measureReaders(rounds: number, folder: string): Promise<Row[]> {
  const aws = await startAwsLocal();
  const restoreEnvironment = setEnvironment(environmentOf(aws, folder));
  try {
    put(aws, 'hits');
    const all: Hits[] = readerSubjects.map((subject) => ({
      subject,
      read: subject.connect('hits'),
      nsPerCall: [],
    }));
    for (let round = -2; round < rounds; round++) {
      for (const { read, nsPerCall } of all) {
        const ns = await nsPerCallOf(read);
        if (round >= 0) nsPerCall.push(ns); // those before are to warm up
      }
    }
    const rows: Row[] = [];
    for (const hits of all) rows.push(rowOf(hits, all, await callsOfACrowd(aws, hits.subject)));
    const title = `Reading a token from memory, ${callsARound} times a round; first reads at once`;
    return [readerColumns, [''], [title], ...rows];
  } finally {
    restoreEnvironment();
    await aws.close();
  }
}

async function nsPerCallOf(read: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  for (let call = 0; call < callsARound; call++) await read();
  return ((performance.now() - startedMs) * 1e6) / callsARound;
}

/** For clients that each library makes by itself. Returns what undoes it. */
function setEnvironment(environment: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/** GetSecretValue calls of many that come at once, before anything is in memory. */
async function callsOfACrowd(aws: AwsLocal, subject: ReaderSubject): Promise<number> {
  const connection = `crowd-${readerSubjects.indexOf(subject)}`;
  put(aws, connection);
  const before = aws.calls.length;
  const read = subject.connect(connection);
  const tokens = await Promise.all(Array.from({ length: callersAtOnce }, read));
  if (tokens.some((token) => (token as { accessToken?: string }).accessToken !== connection)) {
    throw new Error(`${subject.name}: not every caller got the token.`);
  }
  return aws.calls.length - before;
}

function put({ secretsManager }: AwsLocal, connection: string): void {
  const nowMs = Date.now();
  secretsManager.createSecret({
    Name: `sfmc/${connection}`,
    ClientRequestToken: `the-first-version-of-the-benchmark-${connection}`,
    SecretString: JSON.stringify({
      accessToken: connection,
      refreshToken: 'unused',
      issuedAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(nowMs + 3_600_000).toISOString(),
    }),
  });
}

function rowOf({ subject, nsPerCall }: Hits, [ours]: readonly Hits[], calls: number): Row {
  const reference = ours ?? { subject, nsPerCall };
  const ratio = median(nsPerCall) / median(reference.nsPerCall);
  const [wanted, isMet] =
    subject === reference.subject
      ? ['1 call', calls === 1]
      : [`>= ${target.toFixed(1)}`, ratio >= target];
  return [
    `  ${subject.name}`,
    String(nsPerCall.length),
    `${median(nsPerCall).toFixed(0)} ns`,
    ratio.toFixed(1),
    String(calls),
    `${wanted} ${isMet ? 'met' : 'missed'}`,
  ];
}
