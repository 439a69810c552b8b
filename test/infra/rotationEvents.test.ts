import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Rule } from 'aws-cdk-lib/aws-events';
import type { RotationEvent } from '../../infra/rotationEvents';
import type { RotationEventDetail as PutEvent } from '../../lambda/effects/eventBus';
import { connection } from './exampleConnection';
import { account, region, rotationWith } from './support';

/** All that the rotator puts: the compiler asks for each, and that there is a pattern for it. */
const puts: Record<
  PutEvent['outcome'] & RotationEvent,
  Omit<PutEvent, 'connection' | 'outcome'>
> = {
  rotated: { expiresAt: '2026-11-24T09:00:00.000Z' },
  recovered: { expiresAt: '2026-11-24T09:00:00.000Z' },
  reissued: { expiresAt: '2026-11-24T09:00:00.000Z' },
  broken: { brokenSince: '2026-11-24T08:00:00.000Z' },
  whole: { brokenSince: '2026-11-24T08:00:00.000Z' },
};
const outcomes = Object.keys(puts) as RotationEvent[];

/** As EventBridge hands it to rules (its user guide, "Amazon EventBridge events"). */
function eventOf(outcome: RotationEvent, more: object = {}) {
  const detail: PutEvent = { connection: 'news', outcome, ...puts[outcome] };
  return {
    version: '0',
    id: '0a1b2c3d-1111-2222-3333-0123456789ab',
    'detail-type': 'SFMC Token Rotation',
    source: 'sfmc-token-rotator',
    account,
    time: '2026-11-24T08:00:01Z',
    region,
    resources: [],
    detail,
    ...more,
  };
}

/** The patterns as EventBridge gets them, of every connection and of one. */
const { ofAll, ofOne } = (() => {
  const { stack, rotation } = rotationWith();
  for (const event of outcomes) {
    new Rule(stack, `all-${event}`, {
      ruleName: event,
      eventPattern: rotation.eventPattern(event),
    });
    const eventPattern = rotation.eventPattern(event, 'news');
    new Rule(stack, `one-${event}`, { ruleName: `news-${event}`, eventPattern });
  }
  const rules = Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule'));
  const patternOf = (name: string): unknown =>
    rules.find(({ Properties }) => Properties.Name === name)?.Properties.EventPattern;
  return { ofAll: patternOf, ofOne: (event: string) => patternOf(`news-${event}`) };
})();

/** EventBridge's matching of values, which are all that these patterns use. */
function matches(pattern: unknown, value: unknown): boolean {
  if (pattern === undefined) throw new Error('no such pattern');
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

const matchedBy = (pattern: unknown) =>
  outcomes.filter((outcome) => matches(pattern, eventOf(outcome)));

describe('the pattern of an event', () => {
  it.each(outcomes)('matches %s alone', (event) => {
    expect(matchedBy(ofAll(event))).toEqual([event]);
  });

  it.each(outcomes)('matches %s of one connection if asked', (event) => {
    const another = { detail: { ...eventOf(event).detail, connection: 'new' } };

    expect(matchedBy(ofOne(event))).toEqual([event]);
    expect(matches(ofOne(event), eventOf(event, another))).toBe(false);
    expect(matches(ofAll(event), eventOf(event, another))).toBe(true);
  });

  it('matches nothing that another put there', () => {
    const pattern = ofAll('broken');

    expect(matches(pattern, eventOf('broken', { source: 'another' }))).toBe(false);
    expect(matches(pattern, eventOf('broken', { 'detail-type': 'Another' }))).toBe(false);
  });
});

describe.each(['docs/monitoring.md', 'docs/upgrade.md'])('the pattern in %s', (file) => {
  it('matches what the rotator puts', () => {
    const text = readFileSync(join(__dirname, '..', '..', file), 'utf8');
    const patterns = [...text.matchAll(/```json\n(.*?)```/gs)]
      .map(([, block = '']) => block)
      .filter((block) => block.includes('"detail-type"') && block.includes('["example"]'))
      .map((block) => JSON.parse(block.replace('"example"', '"news"')));

    expect(patterns.map((pattern) => matchedBy(pattern).length)).toEqual([1]);
  });
});

describe('eventPattern of the construct', () => {
  it('knows its connections', () => {
    const { rotation } = rotationWith({ connections: [connection('news'), connection('mail')] });

    expect(() => rotation.eventPattern('rotated', 'mial')).toThrow(
      'eventPattern: there is no connection "mial": name one of news, mail.',
    );
  });
});
