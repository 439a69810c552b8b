import { Redacted } from '../../../lambda/core/redacted';
import { createPowertoolsTelemetry } from '../../../lambda/effects/powertoolsTelemetry';
import { captureOutput } from '../../support/output';

function prepare() {
  const output = captureOutput();
  return { telemetry: createPowertoolsTelemetry(), output };
}

describe('log lines', () => {
  it.each(['info', 'warn', 'error'] as const)('are JSON with their level: %s', (level) => {
    const { telemetry, output } = prepare();

    const about = telemetry.about({ connection: 'acme', requestId: 'request-1' });
    about[level]('What happened', { attempts: 2, listed: ['a'] });

    expect(output()).toEqual([
      expect.objectContaining({
        level: level.toUpperCase(),
        message: 'What happened',
        service: 'sfmc-token-rotator',
        connection: 'acme',
        requestId: 'request-1',
        attempts: 2,
        listed: ['a'],
        timestamp: expect.any(String),
      }),
    ]);
  });

  it('carry nothing of what runs beside them or ran before', () => {
    const { telemetry, output } = prepare();

    const acme = telemetry.about({ connection: 'acme', requestId: 'request-1' });
    const other = telemetry.about({ requestId: 'request-2' });
    acme.info('What happened');
    other.info('What else happened');

    const [, line] = output();
    expect(line).toMatchObject({ requestId: 'request-2' });
    expect(line).not.toHaveProperty('connection');
  });

  it('show a fingerprint if a token slips in past the types', () => {
    const { telemetry, output } = prepare();
    const token = new Redacted('canary-token');

    telemetry.info('What happened', { token } as never);

    expect(output()).toEqual([expect.objectContaining({ token: `redacted:${token.fingerprint}` })]);
  });
});

describe('metrics', () => {
  const state = {
    connection: 'acme',
    secondsToExpiry: 3_600,
    refreshTokenAgeSeconds: 60,
    durationMs: 250,
  };

  it('are kept by connection for SecondsToExpiry alone, beside those over all connections', () => {
    const { telemetry, output } = prepare();

    telemetry.gauge(state);
    telemetry.flush();

    const [perConnection, overAll, ...more] = output();
    expect(more).toEqual([]);
    expect(perConnection).toMatchObject({ connection: 'acme', SecondsToExpiry: 3_600 });
    expect(metricsIn(perConnection)).toEqual([
      {
        Namespace: 'SfmcTokenRotator',
        Dimensions: [['service', 'connection']],
        Metrics: [{ Name: 'SecondsToExpiry', Unit: 'Seconds' }],
      },
    ]);
    expect(overAll).toMatchObject({ RefreshTokenAge: 60, RotationDuration: 250 });
    expect(metricsIn(overAll)).toEqual([
      {
        Namespace: 'SfmcTokenRotator',
        Dimensions: [['service']],
        Metrics: [
          { Name: 'SecondsToExpiry', Unit: 'Seconds' },
          { Name: 'RotationDuration', Unit: 'Milliseconds' },
          { Name: 'RefreshTokenAge', Unit: 'Seconds' },
        ],
      },
    ]);
  });

  it('are kept apart for connections side by side', () => {
    const { telemetry, output } = prepare();

    telemetry.gauge(state);
    telemetry.gauge({ ...state, connection: 'other', secondsToExpiry: 60 });

    expect(output()).toMatchObject([
      { connection: 'acme', SecondsToExpiry: 3_600 },
      { connection: 'other', SecondsToExpiry: 60 },
    ]);
    const dimensions = [{ Dimensions: [['service', 'connection']] }];
    expect(output().map(metricsIn)).toMatchObject([dimensions, dimensions]);
  });

  it('are one over all connections unless they are wanted in detail', () => {
    const { telemetry, output } = prepare();

    telemetry.about({ connection: 'acme' }, 'overAll').gauge(state);
    telemetry.about({ connection: 'other' }, 'overAll').gauge({ ...state, secondsToExpiry: 60 });
    telemetry.about({ connection: 'acme' }, 'overAll').count('Rotated');
    telemetry.flush();

    expect(output()).toHaveLength(1);
    expect(metricsIn(output()[0])).toMatchObject([{ Metrics: [{ Name: 'SecondsToExpiry' }] }]);
    expect(output()[0]).toMatchObject({ SecondsToExpiry: [3_600, 60] });
    expect(output()[0]).not.toHaveProperty('connection');
  });

  it('have the age of a refresh token once it is over 500 days, a hundred before the alarm', () => {
    const { telemetry, output } = prepare();
    const { gauge } = telemetry.about({ connection: 'acme' }, 'overAll');

    gauge({ ...state, refreshTokenAgeSeconds: 500 * 86_400 - 1 });
    gauge({ ...state, refreshTokenAgeSeconds: 500 * 86_400 });
    telemetry.flush();

    expect(output()[0]).toMatchObject({ RefreshTokenAge: 500 * 86_400 });
  });

  it('are kept apart from those of another function by its name', () => {
    const output = captureOutput();
    const telemetry = createPowertoolsTelemetry('Prod-Rotator');

    telemetry.gauge(state);
    telemetry.expect(3);
    telemetry.flush();

    for (const line of output()) expect(line).toMatchObject({ FunctionName: 'Prod-Rotator' });
    expect(output().map(metricsIn)).toMatchObject([
      [{ Dimensions: [['service', 'FunctionName', 'connection']] }],
      [{ Dimensions: [['service', 'FunctionName']] }],
    ]);
    expect(output()[1]).toMatchObject({ Connections: 3 });
  });

  it('count events over all connections', () => {
    const { telemetry, output } = prepare();

    const acme = telemetry.about({ connection: 'acme' });
    acme.count('Rotated');
    acme.count('EscrowUsed');
    telemetry.flush();

    expect(output()).toHaveLength(1);
    expect(output()[0]).toMatchObject({ Rotated: 1, EscrowUsed: 1 });
    expect(output()[0]).not.toHaveProperty('connection');
  });

  it('are printed once', () => {
    const { telemetry, output } = prepare();

    telemetry.count('Failed');
    telemetry.flush();
    telemetry.flush();

    expect(output()).toHaveLength(1);
  });

  it('print nothing if nothing was measured', () => {
    const { telemetry, output } = prepare();

    telemetry.flush();

    expect(output()).toEqual([]);
  });
});

/** The declaration of metrics in a line of CloudWatch's embedded metric format. */
function metricsIn(line: Record<string, unknown> | undefined): unknown {
  return (line?._aws as { CloudWatchMetrics?: unknown } | undefined)?.CloudWatchMetrics;
}
