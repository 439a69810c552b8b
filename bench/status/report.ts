import { execFile } from 'node:child_process';
import path from 'node:path';
import { connectionTag, fleetParameterName, fleetScheduleName } from '../../lambda/core/names';
import { functionArn } from '../../local/aws/lambda/names';
import { type AwsLocal, type LoggedCall, startAwsLocal } from '../../local/aws/server';
import { median } from '../statistics';
import type { Row } from '../table';
import { environmentOf } from '../world';

const program = path.join(__dirname, '..', '..', 'dist', 'ops', 'main.cjs');
const latencyMs = 20;
const minuteMs = 60_000;

/**
 * Calls a second by default ("AWS Secrets Manager quotas", user guide; "AWS Systems Manager endpoints and
 * quotas", AWS General Reference). That of DescribeParameters is not documented.
 */
const quotas: Readonly<Record<string, number>> = {
  GetParametersByPath: 40,
  GetParameters: 40,
  ListSecrets: 100,
  BatchGetSecretValue: 100,
};

const subjects = [
  { command: 'status', connections: 2_000, mostSeconds: 10 },
  { command: 'status', connections: 10_000, mostSeconds: 45 },
  { command: 'list', connections: 2_000, mostSeconds: 10 },
  { command: 'list', connections: 10_000, mostSeconds: 45 },
] as const;

const head: Row = ['', 'runs', 'median', 'target', 'peak memory', 'busiest second of each call'];

/** How long the built program takes for the connections of a fleet, each answer coming after 20 ms. */
export async function measureStatus(
  isQuick: boolean,
  progress: (what: string) => void,
): Promise<Row[]> {
  const rows: Row[] = [head];
  for (const subject of subjects) {
    if (isQuick && subject.connections > 2_000) continue;
    const name = `${subject.command} of ${subject.connections}`;
    progress(`${name} ...`);
    rows.push([`  ${name}`, ...(await measure(subject, isQuick ? 1 : 3))]);
  }
  return rows;
}

async function measure(
  { command, connections, mostSeconds }: (typeof subjects)[number],
  runs: number,
): Promise<string[]> {
  const aws = await startFleet(connections);
  try {
    const measured: Run[] = [];
    for (let run = 0; run < runs; run += 1) measured.push(await runProgram(aws, command));
    const seconds = median(measured.map(({ wallMs }) => wallMs)) / 1_000;
    const memory = median(measured.map(({ peakKib }) => peakKib)) / 1_024;
    return [
      String(runs),
      `${seconds.toFixed(1)} s`,
      `<= ${mostSeconds} s ${seconds <= mostSeconds ? 'met' : 'missed'}`,
      `${memory.toFixed(0)} MiB`,
      busiestSeconds(aws.calls),
    ];
  } finally {
    await aws.close();
  }
}

interface Run {
  readonly wallMs: number;
  readonly peakKib: number;
}

/** @throws Error unless every connection was found well */
async function runProgram(aws: AwsLocal, command: string): Promise<Run> {
  const preload = path.join(__dirname, 'peakMemory.cjs');
  const argv = ['-r', preload, program, command, '--local', '--endpoint-url', aws.url];
  const env = { ...environmentOf(aws, ''), PATH: process.env.PATH };
  const startedAtMs = performance.now();
  const { code, text } = await new Promise<{ code: unknown; text: string }>((resolve) => {
    execFile(process.execPath, argv, { env, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) =>
      resolve({ code: error?.code ?? 0, text: out + err }),
    );
  });
  const wallMs = performance.now() - startedAtMs;
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${text.slice(-2_000)}`);
  return { wallMs, peakKib: Number(/peak memory (\d+)/.exec(text)?.[1]) };
}

function busiestSeconds(calls: readonly LoggedCall[]): string {
  const timesOf = new Map<string, number[]>();
  for (const { operation, atMs } of calls) {
    timesOf.set(operation, [...(timesOf.get(operation) ?? []), atMs]);
  }
  return [...timesOf]
    .map(([operation, times]) => ({ operation, most: mostWithinSecond(times) }))
    .filter(({ most }) => most > 1)
    .map(({ operation, most }) => `${operation} ${most}${quotaOf(operation)}`)
    .join(', ');
}

const quotaOf = (operation: string) => {
  const quota = quotas[operation];
  return quota === undefined ? '' : ` of ${quota}`;
};

function mostWithinSecond(times: readonly number[]): number {
  let [from, most] = [0, 0];
  for (const [at, time] of times.entries()) {
    while (time - (times[from] ?? 0) >= 1_000) from += 1;
    most = Math.max(most, at - from + 1);
  }
  return most;
}

/** A fleet that is well: its configs have been there for a while, and its tokens were just rotated. */
async function startFleet(connections: number): Promise<AwsLocal> {
  let offsetMs = -10 * minuteMs;
  const aws = await startAwsLocal({ latencyMs, now: () => Date.now() + offsetMs, function: {} });
  const { secretsManager, parameterStore, scheduler, sqs } = aws;
  const dispatcherArn = functionArn('us-east-1', 'dispatcher');
  const { QueueUrl } = sqs.createQueue({
    QueueName: 'fleet.fifo',
    Attributes: { FifoQueue: 'true' },
  });
  scheduler.createSchedule({
    Name: fleetScheduleName,
    ScheduleExpression: 'rate(5 minutes)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: dispatcherArn, RoleArn: 'arn:aws:iam::123456789012:role/scheduler' },
  });
  const rotatorArn = functionArn('us-east-1');
  const fleet = { rotatorArn, dispatcherArn, queueUrl: QueueUrl, scheduleName: fleetScheduleName };
  const put = (Name: string, Value: string, Type: 'String' | 'SecureString' = 'String') =>
    parameterStore.putParameter({ Name, Value, Type, Tier: 'Intelligent-Tiering' });
  put(fleetParameterName, JSON.stringify(fleet));
  const names = Array.from({ length: connections }, (_, n) => `c${n}`);
  for (const name of names) {
    const authBaseUrl = `https://mc${'0'.repeat(26)}.auth.marketingcloudapis.com`;
    put(`/sfmc/${name}/config`, JSON.stringify({ authBaseUrl, clientId: 'a'.repeat(24) }));
    put(`/sfmc/${name}/client-secret`, 'secret', 'SecureString');
  }
  offsetMs = 0;
  for (const [n, name] of names.entries()) {
    secretsManager.createSecret({
      Name: `sfmc/${name}`,
      ClientRequestToken: `c${n}`.padEnd(32, '0'),
      SecretString: JSON.stringify(tokenSet()),
      Tags: [{ Key: connectionTag, Value: name }],
    });
  }
  return aws;
}

function tokenSet() {
  const nowMs = Date.now();
  const token = 'x'.repeat(512);
  return {
    accessToken: token,
    refreshToken: token,
    issuedAt: new Date(nowMs).toISOString(),
    expiresAt: new Date(nowMs + 60 * minuteMs).toISOString(),
    restBaseUrl: `https://mc${'0'.repeat(26)}.rest.marketingcloudapis.com`,
  };
}
