import { parseSettings } from '../../../lambda/rotator/settings';

it('has a default for every variable', () => {
  const settings = parseSettings({});

  expect(settings).toEqual({
    parameterPrefix: '/sfmc/',
    secretPrefix: 'sfmc/',
    refreshBelowMs: 2_400_000,
    allowLoopbackProvider: false,
    tickPeriodMs: 300_000,
    queueArn: undefined,
    queueUrl: undefined,
    eventBusName: undefined,
    hasMetricsByConnection: true,
    putsRotatedEvents: false,
    region: 'unknown region',
  });
});

it('takes every variable', () => {
  const settings = parseSettings({
    PARAMETER_PREFIX: '/team/sfmc/',
    SECRET_PREFIX: 'team/sfmc/',
    REFRESH_BELOW_SECONDS: '600',
    ALLOW_LOOPBACK_PROVIDER: 'true',
    TICK_PERIOD_SECONDS: '1200',
    QUEUE_ARN: 'arn:aws:sqs:eu-central-1:123456789012:rotator.fifo',
    QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/rotator.fifo',
    EVENT_BUS_NAME: 'default',
    CONNECTION_METRICS: 'false',
    SCHEDULED_CONNECTIONS: '12',
    ROTATED_EVENTS: 'true',
    AWS_REGION: 'eu-central-1',
  });

  expect(settings).toEqual({
    parameterPrefix: '/team/sfmc/',
    secretPrefix: 'team/sfmc/',
    refreshBelowMs: 600_000,
    allowLoopbackProvider: true,
    tickPeriodMs: 1_200_000,
    queueArn: 'arn:aws:sqs:eu-central-1:123456789012:rotator.fifo',
    queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/rotator.fifo',
    eventBusName: 'default',
    hasMetricsByConnection: false,
    scheduledConnections: 12,
    putsRotatedEvents: true,
    region: 'eu-central-1',
  });
});

it('does without a prefix', () => {
  const settings = parseSettings({ PARAMETER_PREFIX: '/', SECRET_PREFIX: '' });

  expect(settings).toMatchObject({ parameterPrefix: '/', secretPrefix: '' });
});

it.each([
  ['60', 60_000],
  ['3600', 3_600_000],
])('takes %s seconds, at its bounds', (seconds, ms) => {
  const settings = parseSettings({
    REFRESH_BELOW_SECONDS: seconds,
    TICK_PERIOD_SECONDS: seconds,
  });

  expect(settings).toMatchObject({ refreshBelowMs: ms, tickPeriodMs: ms });
});

it.each(['1', 'TRUE', 'yes', ''])('lets a loopback provider in for "true" alone: %j', (value) => {
  const settings = parseSettings({ ALLOW_LOOPBACK_PROVIDER: value });

  expect(settings.allowLoopbackProvider).toBe(false);
});

it.each(['QUEUE_ARN', 'QUEUE_URL', 'EVENT_BUS_NAME'])('takes an empty %s for none', (name) => {
  expect(parseSettings({ [name]: '' })).toEqual(parseSettings({}));
});

it('names the default region if there is no other', () => {
  const settings = parseSettings({ AWS_DEFAULT_REGION: 'us-west-2' });

  expect(settings.region).toBe('us-west-2');
});

it.each([
  ['PARAMETER_PREFIX', '/sfmc'],
  ['PARAMETER_PREFIX', 'sfmc/'],
  ['PARAMETER_PREFIX', ''],
  ['PARAMETER_PREFIX', '/sf mc/'],
  ['SECRET_PREFIX', 'sfmc'],
  ['SECRET_PREFIX', '/sfmc/'],
  ['REFRESH_BELOW_SECONDS', '59'],
  ['REFRESH_BELOW_SECONDS', '3601'],
  ['REFRESH_BELOW_SECONDS', '600.5'],
  ['REFRESH_BELOW_SECONDS', ' 600'],
  ['REFRESH_BELOW_SECONDS', '1e3'],
  ['REFRESH_BELOW_SECONDS', ''],
  ['TICK_PERIOD_SECONDS', '59'],
  ['TICK_PERIOD_SECONDS', '3601'],
  ['TICK_PERIOD_SECONDS', 'often'],
])('refuses %s=%j by its name', (name, value) => {
  const parse = () => parseSettings({ [name]: value });

  expect(parse).toThrow(
    expect.objectContaining({
      code: 'InvalidConfig',
      message: expect.stringMatching(`^The environment variable ${name} must be .*\\.$`),
    }),
  );
});
