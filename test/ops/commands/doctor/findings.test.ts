import { functionArn } from '../../../../local/aws/lambda/names';
import type { Judgement } from '../../../../ops/commands/judgement';
import type { StatusResult } from '../../../../ops/commands/status/status';
import { minuteMs } from '../../../support/simulatedClock';
import { examine, notOk } from '../../support/examine';
import { createQueue, feedFrom, send } from '../../support/fleet';
import {
  errorLine,
  install,
  log,
  printingFunction,
  schedule,
  storeToken,
} from '../../support/installed';
import { type OpsWorld, startOpsWorld } from '../../support/opsWorld';

/** What `status` has to say if the doctor, who looks at more, says this. */
function agreeing({ verdict = 'ok', reasons = [] }: Partial<Judgement> = {}) {
  return { verdict: reasons.length === 0 && verdict === 'attention' ? 'ok' : verdict, reasons };
}

describe('ops doctor', () => {
  const cases: [string, (world: OpsWorld) => void | Promise<void>, string[]][] = [
    [
      'a config that is not valid',
      (world) => world.stored().putParameter('config', '{', 'String'),
      ['config fail', 'auth-host skip'],
    ],
    [
      'a missing client secret',
      (world) => world.stored().deleteParameter('client-secret'),
      ['client-secret fail', 'client-secret-key skip'],
    ],
    [
      'a client secret in the clear',
      (world) => {
        world.stored().deleteParameter('client-secret');
        world.stored().putParameter('client-secret', world.provider.clientSecret, 'String');
      },
      ['client-secret fail', 'client-secret-key skip'],
    ],
    [
      'a staged secret in the clear',
      (world) => world.stored().putParameter('client-secret-next', world.nextSecret(), 'String'),
      ['staged-secret fail'],
    ],
    ['an escrow', (world) => world.stored().putParameter('escrow', '{}'), ['escrow warn']],
    [
      'a secret that is not seeded',
      (world) => void world.stored().put('{}'),
      [
        'secret fail',
        'token skip',
        'last-success skip',
        'refresh-token skip',
        'token-accepted skip',
      ],
    ],
    [
      'a secret that is seeded and not rotated',
      (world) => void world.stored().put({ refreshToken: world.provider.refreshToken }),
      ['secret warn', 'token skip', 'last-success skip', 'token-accepted skip'],
    ],
    [
      'a secret that is not JSON',
      (world) => void world.stored().put('token'),
      [
        'secret fail',
        'token skip',
        'last-success skip',
        'refresh-token skip',
        'token-accepted skip',
        'open-end skip',
      ],
    ],
    [
      'a secret marked for deletion',
      (world) => void world.aws.secretsManager.deleteSecret({ SecretId: 'sfmc/acme' }),
      [
        'secret fail',
        'token skip',
        'last-success skip',
        'refresh-token skip',
        'token-accepted skip',
        'open-end skip',
        'twins skip',
      ],
    ],
    [
      'a secret that is gone',
      (world) =>
        void world.aws.secretsManager.deleteSecret({
          SecretId: 'sfmc/acme',
          ForceDeleteWithoutRecovery: true,
        }),
      [
        ...[
          'secret fail',
          'token skip',
          'last-success skip',
          'refresh-token skip',
          'token-accepted skip',
          'secret-key skip',
          'versions fail',
        ],
        ...['pending skip', 'open-end skip', 'permissions skip', 'twins skip'],
      ],
    ],
    [
      'a token set without its REST address',
      (world) => {
        const { restBaseUrl, ...rest } = storeToken(world);
        world.stored().put(rest);
      },
      ['secret warn'],
    ],
    [
      'an expired token',
      (world) => void storeToken(world, { agoMs: 61 * minuteMs }),
      ['token fail', 'token-accepted skip'],
    ],
    [
      'a token with little time left',
      (world) => void storeToken(world, { agoMs: 50 * minuteMs }),
      ['token warn'],
    ],
    [
      'a token that the provider refuses',
      (world) => void storeToken(world, { accessToken: world.nextSecret() }),
      ['token-accepted fail'],
    ],
    [
      'a stranded AWSPENDING',
      (world) => void world.stored().put({ refreshToken: world.nextSecret() }, ['AWSPENDING']),
      ['pending warn'],
    ],
    [
      'an open end that nobody has seen to for long',
      (world) => {
        world.stored().put(world.stored().current(), ['AWSCURRENT', 'SFMC_OPEN']);
        world.clock.advance(16 * minuteMs);
      },
      ['open-end warn'],
    ],
    [
      'a mark of a use that nobody has seen the end of',
      (world) => {
        world.stored().put(world.stored().current(), ['AWSCURRENT', 'SFMC_SENT']);
        world.clock.advance(16 * minuteMs);
      },
      ['open-end warn'],
    ],
    [
      'no fault in an open end of a moment ago',
      (world) => {
        world.stored().put(world.stored().current(), ['AWSCURRENT', 'SFMC_OPEN', 'SFMC_SENT']);
        world.clock.advance(14 * minuteMs);
      },
      [],
    ],
    [
      'many versions of a day',
      (world) => {
        for (let n = 0; n < 80; n += 1) world.stored().put('{}', ['OTHER']);
      },
      ['versions warn'],
    ],
    [
      'nearly as many versions as Secrets Manager keeps',
      (world) => {
        for (let n = 0; n < 93; n += 1) world.stored().put('{}', ['OTHER']);
      },
      ['versions fail'],
    ],
    [
      'many versions, all but one older than a day',
      (world) => {
        for (let n = 0; n < 96; n += 1) world.stored().put('{}', ['OTHER']);
        world.clock.advance(25 * 60 * minuteMs);
        storeToken(world);
      },
      [],
    ],
    [
      'an error in the log',
      (world) => {
        world.clock.advance(1);
        return log(world, errorLine('ProviderUnavailable'));
      },
      ['recent-errors warn'],
    ],
    [
      'a broken chain',
      (world) => {
        world.clock.advance(1);
        return log(world, errorLine('ChainBroken'));
      },
      ['recent-errors fail'],
    ],
    [
      'no fault in an error that a rotation has followed',
      async (world) => {
        await log(world, errorLine('ChainBroken'));
        world.clock.advance(1);
        storeToken(world);
      },
      [],
    ],
    [
      'no schedule',
      (world) => void world.aws.scheduler.deleteSchedule({ Name: 'sfmc-acme' }),
      ['schedule fail'],
    ],
    ...(
      [
        ['that is off', { state: 'DISABLED' }],
        ['of another function', { target: functionArn('us-east-1', 'other') }],
        ['whose messages are of another group', { group: 'beta' }],
        ['of another connection', { input: '{"connection":"beta"}' }],
        ['that sends no JSON', { input: 'acme' }],
        ['that sends null', { input: 'null' }],
        ['that forces rotations', { input: '{"connection":"acme","force":true}' }],
      ] as const
    ).map(([what, difference]): (typeof cases)[number] => [
      `a schedule ${what}`,
      (world) => {
        world.aws.scheduler.deleteSchedule({ Name: 'sfmc-acme' });
        schedule(world, difference);
      },
      ['schedule fail'],
    ]),
    [
      'a schedule of an earlier release, which invokes the function itself',
      (world) => {
        world.aws.scheduler.deleteSchedule({ Name: 'sfmc-acme' });
        schedule(world, { target: functionArn('us-east-1') });
      },
      ['schedule warn'],
    ],
    [
      'a queue whose messages nothing takes',
      (world) => {
        world.aws.scheduler.deleteSchedule({ Name: 'sfmc-acme' });
        const queueUrl = createQueue(world, 'alone.fifo');
        schedule(world, { target: world.aws.sqs.arnOf(queueUrl) });
      },
      ['queue fail', 'dead-letters warn'],
    ],
    [
      'a queue whose event source mapping is off',
      ({ aws: { eventSourceMappings: mappings } }) => {
        const list = mappings.listEventSourceMappings.bind(mappings);
        jest.spyOn(mappings, 'listEventSourceMappings').mockImplementation((input) => {
          const listed = list(input);
          return {
            ...listed,
            EventSourceMappings: listed.EventSourceMappings.map((each) => ({
              ...each,
              State: 'Disabled',
            })),
          };
        });
      },
      ['queue fail'],
    ],
    [
      'a message that nobody takes, and dead letters',
      (world) => {
        world.aws.scheduler.deleteSchedule({ Name: 'sfmc-acme' });
        const dead = createQueue(world, 'own-dead.fifo');
        const deadLetterTargetArn = world.aws.sqs.arnOf(dead) ?? '';
        const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 18 });
        const queueUrl = createQueue(world, 'own.fifo', { RedrivePolicy });
        feedFrom(world, queueUrl, 'other');
        schedule(world, { target: world.aws.sqs.arnOf(queueUrl) });
        send(world, queueUrl);
        send(world, dead);
      },
      [
        ...['queue warn', 'dead-letters warn', 'function fail', 'permissions skip'],
        'recent-errors skip',
      ],
    ],
    [
      'hosts that do not answer',
      (world) => {
        const authBaseUrl = 'http://127.0.0.1:9';
        world.stored().configure({ authBaseUrl, clientId: 'id' });
        storeToken(world, { restBaseUrl: authBaseUrl });
      },
      ['token-accepted warn', 'auth-host fail', 'rest-host fail'],
    ],
  ];

  it.each(cases)('finds %s', async (_, spoil, expected) => {
    const world = await startOpsWorld({ function: printingFunction });
    install(world);
    await spoil(world);

    const { exitCode, ok, checks, connections } = await examine(world);

    expect(notOk(checks).sort()).toEqual([...expected].sort());
    const isHealthy = expected.every((line) => line.endsWith('skip'));
    expect({ exitCode, ok }).toEqual({ exitCode: isHealthy ? 0 : 4, ok: isHealthy });
    const { connections: judged } = (
      await world.run(['status', 'acme', '--json'])
    ).json<StatusResult>();
    expect(judged).toMatchObject([agreeing(connections[0])]);
    for (const { verdict, remedy } of checks) {
      if (verdict === 'fail' || verdict === 'warn') expect(remedy).toMatch(/./);
    }
  });
});
