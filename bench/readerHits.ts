import { performance } from 'node:perf_hooks';
import { type AwsLocal, startAwsLocal } from '../local/aws/server';
import { measureInTurn, type Repeatable } from './inTurn';
import type { Comparison, Measurement } from './measurement';
import { type ReaderSubject, readerSubjects, tokenReader } from './readers';
import { environmentOf } from './world';

const callsARound = 20_000;
const callersAtOnce = 1_000;
const manyConnections = 1_000;
/** Of a token of 28 characters, as the provider's, and of a long one. */
const [usualLength, greatLength] = [28, 2_300];

/** Reads from memory, timed in rounds: the mean of one call, and so its median over the rounds. */
class Hits implements Measurement, Repeatable {
  readonly values: number[] = [];

  constructor(
    readonly name: string,
    private readonly reads: readonly (() => Promise<unknown>)[],
    readonly calls = '',
    readonly times?: number,
  ) {}

  async measure(): Promise<void> {
    const startedMs = performance.now();
    for (let call = 0; call < callsARound; call++) await this.reads[call % this.reads.length]?.();
    this.values.push((performance.now() - startedMs) / callsARound);
  }

  forget(): void {
    this.values.length = 0;
  }
}

/**
 * What it costs to be given a token set that is in memory, beside libraries that others would use;
 * how many calls to Secrets Manager a crowd of first readers makes; and how ours grows. All run in
 * this process, against one endpoint, a round of each in turn.
 */
export async function measureReaders(
  rounds: number,
  folder: string,
): Promise<readonly [hits: Comparison, growth: Comparison]> {
  const aws = await startAwsLocal();
  const restoreEnvironment = setEnvironment(environmentOf(aws, folder));
  try {
    const calls: string[] = [];
    for (const subject of readerSubjects) calls.push(await callsOfACrowd(aws, subject));
    put(aws, 'hits');
    const beside = readerSubjects.map(
      (subject, at) => new Hits(subject.name, [subject.connect('hits')], calls[at]),
    );
    beside.splice(
      -1,
      0,
      new Hits('a promise at hand, after a look at the clock', [timedPromise()]),
    );
    const connect = (connection: string, tokenLength?: number) => {
      put(aws, connection, tokenLength);
      return tokenReader.connect(connection);
    };
    const many = Array.from({ length: manyConnections }, (_, at) => `one-of-many-${at}`);
    const growth = [
      new Hits(`1 connection, tokens of ${usualLength} characters`, [tokenReader.connect('hits')]),
      new Hits(
        `${manyConnections} connections in turn`,
        many.map((connection) => connect(connection)),
        '',
        manyConnections,
      ),
      new Hits(
        `tokens of ${greatLength} characters`,
        [connect('great', greatLength)],
        '',
        greatLength / usualLength,
      ),
    ] as const;

    await measureInTurn([...beside, ...growth], rounds);
    return [
      {
        title: 'Reading a token from memory',
        subjects: atLeastOne(beside),
        target: 0.15,
      },
      { title: 'How reading a token from memory grows', subjects: growth },
    ];
  } finally {
    restoreEnvironment();
    await aws.close();
  }
}

function atLeastOne([first, ...others]: readonly Hits[]): Comparison['subjects'] {
  if (first === undefined) throw new RangeError('Nothing to compare.');
  return [first, ...others];
}

/** The least that it takes to await anything and to know that it is not too old. */
function timedPromise(): () => Promise<unknown> {
  const held = Promise.resolve({});
  const untilMs = Date.now() + 3_600_000;
  return () => (Date.now() < untilMs ? held : Promise.reject(new Error('too old')));
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
async function callsOfACrowd(aws: AwsLocal, subject: ReaderSubject): Promise<string> {
  const connection = `crowd-${readerSubjects.indexOf(subject)}`;
  put(aws, connection);
  const before = aws.calls.length;
  const read = subject.connect(connection);
  const tokens = await Promise.all(Array.from({ length: callersAtOnce }, read));
  const expected = tokenOf(connection, usualLength);
  if (tokens.some((token) => (token as { accessToken?: string }).accessToken !== expected)) {
    throw new Error(`${subject.name}: not every caller got the token.`);
  }
  const calls = aws.calls.length - before;
  return `${callersAtOnce} first reads at once: ${calls} ${calls === 1 ? 'call' : 'calls'}`;
}

const tokenOf = (connection: string, length: number) => connection.padEnd(length, '0');

function put({ secretsManager }: AwsLocal, connection: string, tokenLength = usualLength): void {
  const nowMs = Date.now();
  secretsManager.createSecret({
    Name: `sfmc/${connection}`,
    ClientRequestToken: 'the-first-version-of-the-benchmark',
    SecretString: JSON.stringify({
      accessToken: tokenOf(connection, tokenLength),
      refreshToken: 'unused',
      issuedAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(nowMs + 3_600_000).toISOString(),
    }),
  });
}
