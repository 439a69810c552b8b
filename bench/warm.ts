import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { startLambda } from '../local/aws/lambda/lambda';
import { measureInTurn } from './inTurn';
import { Invocations } from './invocations';
import type { Comparison } from './measurement';
import { Rotator } from './rotator';
import { startWaitingServer } from './waitingServer';
import { connection, dueAfterMs, startWorld } from './world';

const awsMs = 20;
const providerMs = 150;

/**
 * What AWS's template of a rotation function sends, step by step (aws-samples
 * "aws-secrets-manager-rotation-lambdas", SecretsManagerRotationTemplate): each step describes the
 * secret; createSecret reads the current and the pending version, has the new value made and puts it;
 * setSecret has nothing to do here; testSecret reads the pending version and asks the provider;
 * finishSecret describes once more and moves the label.
 */
const templateMs = [
  ...[awsMs, awsMs, awsMs, providerMs, awsMs],
  ...[awsMs],
  ...[awsMs, awsMs, providerMs],
  ...[awsMs, awsMs, awsMs],
];

/**
 * Rotations and fresh ticks of the built function in a process that is warm, beside a function that
 * only sends as many plain requests as they cannot do without: those that have to follow each other.
 */
export async function measureWarm(runs: number, folder: string): Promise<Comparison[]> {
  const world = await startWorld({ awsMs, providerMs, folder });
  const waiting = await startWaitingServer();
  const rotator = new Rotator(world);
  const plain = startLambda({ bundleDir: path.join(__dirname, 'plainRequests') });
  const plainRequests = (name: string, latenciesMs: number[]) => {
    const send = async () => {
      const { outcome } = await plain.invoke<{ outcome: string }>({
        url: waiting.url,
        latenciesMs,
      });
      return { outcome, endedMs: performance.now() };
    };
    return new Invocations(name, send, 'sent', world);
  };
  const deliver = () => rotator.deliver(connection);

  const inSequence = [awsMs, providerMs, awsMs];
  const rotationFloor = plainRequests('3 plain HTTP requests, one after the other', inSequence);
  const template = plainRequests(
    `${templateMs.length} plain requests, those of AWS's four-step template`,
    templateMs,
  );
  const rotation = new Invocations(
    'rotator, until the rotation has finished',
    deliver,
    'rotated',
    world,
  );
  const freshFloor = plainRequests('1 plain HTTP request', [awsMs]);
  const fresh = new Invocations(
    'rotator, until the rotation has finished',
    deliver,
    'fresh',
    world,
  );
  const letTimePass = () => rotator.letTimePass(dueAfterMs);

  try {
    await measureInTurn([rotationFloor, template, rotation, freshFloor, fresh], runs, letTimePass);
  } finally {
    await Promise.all([rotator.close(), plain.close(), waiting.close(), world.close()]);
  }
  return [
    {
      title: `Warm rotation: AWS answers after ${awsMs} ms, the provider after ${providerMs} ms`,
      subjects: [rotationFloor, template, rotation],
      target: 1.1,
    },
    {
      title: `Warm message that finds the token fresh: AWS answers after ${awsMs} ms`,
      subjects: [freshFloor, fresh],
    },
  ];
}
