import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Rule } from 'aws-cdk-lib/aws-events';
import { type RotationEvent, rotationEventPattern } from '../../infra/rotationEvents';
import { RotationError, type RotationErrorCode } from '../../lambda/core/errors';
import type { RotationResult } from '../../lambda/rotator/rotation';
import { connection } from './exampleConnection';
import { account, idOf, region, rotationWith } from './support';

const functionArn = `arn:aws:lambda:${region}:${account}:function:rotator`;

/** As Lambda puts it on the bus ("Capturing records of Lambda asynchronous invocations"). */
function lambdasEvent(result: 'Success' | 'Failure', detail: Record<string, unknown>) {
  return {
    version: '0',
    id: '0a1b2c3d-1111-2222-3333-0123456789ab',
    'detail-type': `Lambda Function Invocation Result - ${result}`,
    source: 'lambda',
    account,
    time: '2026-11-24T08:00:01Z',
    region,
    resources: [`arn:aws:events:${region}:${account}:event-bus/default`, `${functionArn}:$LATEST`],
    detail: {
      version: '1.0',
      timestamp: '2026-11-24T08:00:01.234Z',
      requestContext: {
        requestId: '0a1b2c3d-4444-5555-6666-0123456789ab',
        functionArn: `${functionArn}:$LATEST`,
        condition: result === 'Success' ? 'Success' : 'RetriesExhausted',
        approximateInvokeCount: result === 'Success' ? 1 : 3,
      },
      requestPayload: { connection: 'news' },
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(result === 'Failure' && { functionError: 'Unhandled' }),
      },
      ...detail,
    },
  };
}

function finished(outcome: RotationResult['outcome'], functionOf = functionArn) {
  const responsePayload: RotationResult = {
    connection: 'news',
    outcome,
    expiresAt: '2026-11-24T09:00:00.000Z',
    versionId: '0a1b2c3d-7777-8888-9999-0123456789ab',
  };
  const event = lambdasEvent('Success', { responsePayload });
  event.detail.requestContext.functionArn = `${functionOf}:$LATEST`;
  return event;
}

function failed(code: RotationErrorCode) {
  const { name: errorType, message: errorMessage } = new RotationError(code, 'What happened.');
  return lambdasEvent('Failure', { responsePayload: { errorType, errorMessage, trace: [] } });
}

/** The pattern as EventBridge gets it. */
function deployed(event: RotationEvent, name?: string): unknown {
  const { stack } = rotationWith();
  new Rule(stack, 'Rule', { eventPattern: rotationEventPattern(functionArn, event, name) });
  const [rule] = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'));
  return rule?.Properties.EventPattern;
}

/** EventBridge's matching of values, which are all that these patterns use. */
function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern)) {
    const choices: unknown[] = pattern;
    if (!choices.every((choice) => typeof choice === 'string')) {
      throw new Error('a pattern that this test does not know');
    }
    return choices.some((choice) => choice === value);
  }
  if (typeof value !== 'object' || value === null) return false;
  const members = new Map(Object.entries(value));
  return Object.entries(pattern as object).every(([key, inner]) =>
    matches(inner, members.get(key)),
  );
}

const events = {
  fresh: finished('fresh'),
  rotated: finished('rotated'),
  recovered: finished('recovered'),
  reissued: finished('reissued'),
  broken: failed('ChainBroken'),
  unavailable: failed('ProviderUnavailable'),
};

describe('the pattern of an event', () => {
  it.each<RotationEvent>(['rotated', 'recovered', 'reissued', 'broken'])(
    'matches %s alone',
    (event) => {
      const pattern = deployed(event);

      const matched = Object.entries(events).filter(([, record]) => matches(pattern, record));

      expect(matched.map(([name]) => name)).toEqual([event]);
    },
  );

  it.each<RotationEvent>(['rotated', 'broken'])(
    'matches one connection where asked: %s',
    (event) => {
      expect(matches(deployed(event, 'news'), events[event])).toBe(true);
      expect(matches(deployed(event, 'new'), events[event])).toBe(false);
    },
  );

  it('matches no other function', () => {
    expect(matches(deployed('rotated'), finished('rotated', `${functionArn}-2`))).toBe(false);
  });
});

describe('the pattern in the README', () => {
  it('matches what the construct gives', () => {
    const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');
    const blocks = [...readme.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => text);
    const filledIn = blocks
      .filter((text) => text.includes('"detail-type"'))
      .map((text) => text.replace(/arn:aws:lambda:[^"]*(?=:\$LATEST)/, functionArn))
      .map((text) => JSON.parse(text.replace('"example"', '"news"')));

    expect(filledIn).toHaveLength(1);
    const matched = Object.entries(events).filter(([, record]) => matches(filledIn[0], record));
    expect(matched.map(([name]) => name)).toEqual(['rotated']);
  });
});

describe('eventPattern of the construct', () => {
  it('is about its own function', () => {
    const { stack, rotation } = rotationWith();

    new Rule(stack, 'Rule', { eventPattern: rotation.eventPattern('broken', 'news') });

    const template = Template.fromStack(stack);
    const arn = { 'Fn::GetAtt': [idOf(template, 'AWS::Lambda::Function'), 'Arn'] };
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        detail: {
          requestContext: { functionArn: [arn, { 'Fn::Join': ['', [arn, ':$LATEST']] }] },
          requestPayload: { connection: ['news'] },
        },
      },
    });
  });

  it('knows its connections', () => {
    const { rotation } = rotationWith({ connections: [connection('news'), connection('mail')] });

    expect(() => rotation.eventPattern('rotated', 'mial')).toThrow(
      'eventPattern: there is no connection "mial": name one of news, mail.',
    );
  });
});
