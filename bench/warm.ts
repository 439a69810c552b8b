import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { startLambda } from '../local/aws/lambda/lambda';
import { measureInTurn } from './inTurn';
import { Invocations } from './invocations';
import type { Comparison } from './measurement';
import { BenchRotator } from './rotator';
import { type BenchWorld, connection, dueAfterMs, secretId, startBenchWorld } from './world';

const awsMs = 20;
const providerMs = 150;

/**
 * What AWS's template of a rotation function sends, step by step (aws-samples
 * "aws-secrets-manager-rotation-lambdas", SecretsManagerRotationTemplate): each step describes the
 * secret; createSecret reads the current and the pending version, has the new value made and puts it;
 * setSecret has nothing to do here; testSecret reads the pending version and asks the provider;
 * finishSecret describes once more and moves the label.
 */
const template = [
  ...(['aws', 'aws', 'aws', 'provider', 'aws'] as const),
  ...(['aws'] as const),
  ...(['aws', 'aws', 'provider'] as const),
  ...(['aws', 'aws', 'aws'] as const),
];

/**
 * Rotations and fresh ticks of the built function in a process that is warm, beside a function that
 * only sends as many plain requests as they cannot do without, to the same endpoints: those that have to
 * follow each other.
 */
export async function measureWarm(runs: number, folder: string): Promise<Comparison[]> {
  const world = await startBenchWorld({ awsMs, providerMs, folder });
  const rotator = new BenchRotator(world);
  const plain = startLambda({ bundleDir: path.join(__dirname, 'plainRequests') });
  const to = requestsTo(world);
  const plainRequests = (name: string, targets: readonly (keyof typeof to)[]) => {
    const requests = targets.map((target) => to[target]);
    const send = async () => {
      const { outcome } = await plain.invoke<{ outcome: string }>({ requests });
      return { outcome, endedMs: performance.now() };
    };
    return new Invocations(name, send, 'sent');
  };
  const deliver = () => rotator.deliver(connection);

  const rotationFloor = plainRequests('3 plain HTTP requests, one after the other', [
    ...(['aws', 'provider', 'aws'] as const),
  ]);
  const templateFloor = plainRequests(
    `${template.length} plain requests, those of AWS's four-step template`,
    template,
  );
  const rotation = new Invocations(
    'rotator, until the rotation has finished',
    deliver,
    'rotated',
    world,
  );
  const freshFloor = plainRequests('1 plain HTTP request', ['aws']);
  const fresh = new Invocations(
    'rotator, until the rotation has finished',
    deliver,
    'fresh',
    world,
  );
  const letTimePass = () => rotator.letTimePass(dueAfterMs);

  try {
    await measureInTurn(
      [rotationFloor, templateFloor, rotation, freshFloor, fresh],
      runs,
      letTimePass,
    );
  } finally {
    await Promise.all([rotator.close(), plain.close(), world.close()]);
  }
  return [
    {
      title: `Warm rotation: AWS answers after ${awsMs} ms, the provider after ${providerMs} ms`,
      subjects: [rotationFloor, templateFloor, rotation],
      target: 1.05,
    },
    {
      title: `Warm message that finds the token fresh: AWS answers after ${awsMs} ms`,
      subjects: [freshFloor, fresh],
      target: 1.1,
    },
  ];
}

/** Requests that change nothing, and are answered as late as any: a read, and one that is refused. */
function requestsTo({ env, provider }: BenchWorld) {
  return {
    aws: {
      url: env.AWS_ENDPOINT_URL,
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'secretsmanager.GetSecretValue',
        authorization: 'Credential=bench/20261128/us-east-1/secretsmanager/aws4_request',
      },
      body: JSON.stringify({ SecretId: secretId, VersionStage: 'AWSCURRENT' }),
    },
    provider: {
      url: `${provider.url}/v1/requestToken?legacy=1`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ clientId: provider.clientId, clientSecret: 'wrong' }),
    },
  };
}
