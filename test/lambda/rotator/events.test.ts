import { RotationError } from '../../../lambda/core/errors';
import { parseEvent, parseMessage } from '../../../lambda/rotator/events';

const secretPrefix = 'sfmc/';
const byHand = { by: 'hand' } as const;
const versionId = '11111111-2222-3333-4444-555555555555';
const arn = (name: string) =>
  `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-aBc1dE`;
const step = (members: Record<string, unknown> = {}) => ({
  Step: 'createSecret',
  SecretId: 'sfmc/acme',
  ClientRequestToken: versionId,
  ...members,
});

function refusalOf(event: unknown): string {
  try {
    parseEvent(event, { secretPrefix });
  } catch (thrown) {
    if (thrown instanceof RotationError && thrown.code === 'InvalidEvent') return thrown.message;
    throw thrown;
  }
  throw new Error('the event was not refused');
}

describe('an event that names a connection', () => {
  it('asks for no more than keeping it fresh', () => {
    const event = parseEvent({ connection: 'acme' }, { secretPrefix });

    expect(event).toMatchObject({
      kind: 'connection',
      connection: 'acme',
      force: false,
    });
  });

  it('can force a rotation', () => {
    const event = parseEvent({ connection: 'acme', force: true }, { secretPrefix });

    expect(event).toMatchObject({ force: true });
  });

  it('may have other members, which are left out', () => {
    const event = parseEvent({ connection: 'a', source: 'schedule' }, { secretPrefix });

    expect(event).toEqual({ kind: 'connection', connection: 'a', force: false });
  });

  it.each([
    ['no object', 'acme', 'value must be a JSON object'],
    ['null', null, 'value must be a JSON object'],
    ['nothing', undefined, 'value must be a JSON object'],
    ['no connection', {}, 'connection is missing'],
    ['no text', { connection: 7 }, 'connection must be a string'],
    ['an empty name', { connection: '' }, 'connection must be 1 to 63 lower-case letters'],
    ['capitals', { connection: 'Acme' }, 'connection must be 1 to 63 lower-case letters'],
    ['a path', { connection: '../acme' }, 'connection must be 1 to 63 lower-case letters'],
    ['a hyphen first', { connection: '-acme' }, 'connection must be 1 to 63 lower-case letters'],
    ['64 letters', { connection: 'a'.repeat(64) }, 'connection must be 1 to 63 lower-case letters'],
    ['a line break', { connection: 'acme\n' }, 'connection must be 1 to 63 lower-case letters'],
    ['a force in words', { connection: 'acme', force: 'yes' }, 'force must be true or false'],
  ])('is refused with %s, by field and with the shape to send', (_, event, problem) => {
    const message = refusalOf(event);

    expect(message).toContain(`The event's ${problem}`);
    expect(message).toContain('Send {"connection":"NAME"}');
  });
});

describe("a step of Secrets Manager's rotation", () => {
  it.each(['createSecret', 'setSecret', 'testSecret', 'finishSecret'])('is taken: %s', (Step) => {
    const event = parseEvent(step({ Step }), { secretPrefix });

    expect(event).toEqual({ kind: 'step', step: Step, connection: 'acme', versionId });
  });

  it.each([
    ['its name', 'sfmc/acme', 'acme'],
    ['its ARN', arn('sfmc/acme'), 'acme'],
    ['the ARN of a name that ends like an ARN', arn('sfmc/acme-123456'), 'acme-123456'],
    ['a name that ends like an ARN', 'sfmc/acme-123456', 'acme-123456'],
    ['an ARN of another partition', arn('sfmc/acme').replace('aws', 'aws-us-gov'), 'acme'],
  ])('names the secret by %s', (_, SecretId, connection) => {
    const event = parseEvent(step({ SecretId }), { secretPrefix });

    expect(event).toMatchObject({ connection });
  });

  it.each([
    ['another step', { Step: 'dropSecret' }, 'Step must be one of createSecret, setSecret,'],
    ['no secret', { SecretId: undefined }, 'SecretId must be a string'],
    ['a secret of another prefix', { SecretId: 'other/acme' }, 'SecretId must be the ARN or'],
    ['one of a prefix as long', { SecretId: 'team/acme' }, 'SecretId must be the ARN or'],
    ['an ARN in a text', { SecretId: `x ${arn('sfmc/acme')}` }, 'SecretId must be the ARN or'],
    ['an ARN that goes on', { SecretId: `${arn('sfmc/acme')}.x` }, 'SecretId must be the ARN or'],
    ['the ARN of one elsewhere', { SecretId: arn('other/acme') }, 'SecretId must be the ARN or'],
    ['a name that no connection has', { SecretId: 'sfmc/Acme' }, 'SecretId must be the ARN or'],
    ['the prefix alone', { SecretId: 'sfmc/' }, 'SecretId must be the ARN or'],
    ['no version', { ClientRequestToken: 7 }, 'ClientRequestToken must be a string'],
    ['a short version', { ClientRequestToken: 'abc' }, 'ClientRequestToken must be a version id'],
    ['a long one', { ClientRequestToken: 'v'.repeat(65) }, 'ClientRequestToken must be a version'],
    ['a space before it', { ClientRequestToken: ` ${versionId}` }, 'ClientRequestToken must be a'],
    ['a space after it', { ClientRequestToken: `${versionId} ` }, 'ClientRequestToken must be a'],
  ])('is refused with %s', (_, members, problem) => {
    const message = refusalOf(step(members));

    expect(message).toContain(`The event's ${problem}`);
    expect(message).toContain('Secrets Manager sends {"Step","SecretId","ClientRequestToken"}');
  });
});

describe('an event that goes on with another invocation', () => {
  it('says so', () => {
    const event = { connection: 'acme', isFollowUp: true };

    expect(parseEvent(event, { secretPrefix })).toMatchObject(event);
  });

  it.each(['true', 7, null])('is refused with %j for that', (isFollowUp) => {
    expect(refusalOf({ connection: 'acme', isFollowUp })).toContain(
      "The event's isFollowUp must be true or false",
    );
  });
});

describe('a batch of SQS', () => {
  const body = '{"connection":"acme"}';
  const attributes = {
    ApproximateReceiveCount: '3',
    SentTimestamp: '1795500000000',
    MessageGroupId: 'acme',
  };
  const queueArn = 'arn:aws:sqs:eu-central-1:123456789012:sfmc-token-rotator.fifo';

  /** How the record of a batch counts as delivered. */
  function deliveryOf(record: object) {
    const event = parseEvent({ Records: [{ messageId: '1', body, ...record }] }, { secretPrefix });
    return event.kind === 'batch' ? event.messages[0]?.delivery : undefined;
  }

  it('is its messages, read each by itself', () => {
    const Records = [
      { messageId: '1', body, attributes, receiptHandle: 'left out' },
      { messageId: '2', body: 'no JSON', attributes },
    ];

    const event = parseEvent({ Records }, { secretPrefix });

    const delivery = { by: 'queue', receiveCount: 3, sentAtMs: 1_795_500_000_000 };
    expect(event).toEqual({
      kind: 'batch',
      messages: [
        { messageId: '1', body, delivery, group: 'acme' },
        { messageId: '2', body: 'no JSON', delivery, group: 'acme' },
      ],
    });
  });

  it.each([
    ['nothing', {}],
    ['no attributes', { attributes: undefined }],
    ['no count', { attributes: { SentTimestamp: '1795500000000' } }],
    ['no time', { attributes: { ApproximateReceiveCount: '1' } }],
    ['a malformed count', { attributes: { ...attributes, ApproximateReceiveCount: 'one' } }],
    ['a count with more to it', { attributes: { ...attributes, ApproximateReceiveCount: '1x' } }],
    ['a negative count', { attributes: { ...attributes, ApproximateReceiveCount: '-1' } }],
    ['a malformed time', { attributes: { ...attributes, SentTimestamp: 1_795_500_000_000 } }],
  ])('counts as asked for by hand, never as a first delivery, if it says %s', (_, record) => {
    expect(deliveryOf(record)).toEqual(byHand);
  });

  it.each([
    ['its own', queueArn],
    ['any, as long as it has none of its own', undefined],
  ])('is taken by the function from its queue: %s', (_, own) => {
    const event = { Records: [{ messageId: '1', body, attributes, eventSourceARN: queueArn }] };

    expect(parseEvent(event, { secretPrefix, queueArn: own })).toMatchObject({
      messages: [{ delivery: { by: 'queue' } }],
    });
  });

  it.each([
    ['another queue', `${queueArn}x`],
    ['none', undefined],
  ])('is refused whole if one of its messages comes from %s', (_, eventSourceARN) => {
    const own = { messageId: '1', body, attributes, eventSourceARN: queueArn };
    const Records = [own, { ...own, messageId: '2', eventSourceARN }];

    const parse = () => parseEvent({ Records }, { secretPrefix, queueArn });

    expect(parse).toThrow(
      expect.objectContaining({
        name: 'InvalidEvent',
        message:
          `The event's eventSourceARN must be that of the function's own queue, ${queueArn}. ` +
          'Send the message to that queue.',
      }),
    );
  });

  it.each([
    ['no list', { Records: 'x' }, 'Records must be a list'],
    ['no message id', { Records: [{ body: '{}' }] }, 'Records.0.messageId is missing'],
    ['no body', { Records: [{ messageId: '1' }] }, 'Records.0.body is missing'],
    [
      'a number as id',
      { Records: [{ messageId: 1, body }] },
      'Records.0.messageId must be a string',
    ],
    [
      'a body of its own',
      { Records: [{ messageId: '1', body: {} }] },
      'Records.0.body must be a string',
    ],
    [
      'a queue without a name',
      { Records: [{ messageId: '1', body, eventSourceARN: null }] },
      'Records.0.eventSourceARN must be a string',
    ],
    ['no object', { Records: ['x'] }, 'Records.0 must be a JSON object'],
  ])('is refused with %s', (_, event, problem) => {
    expect(refusalOf(event)).toContain(`The event's ${problem}. SQS sends {"Records"`);
  });

  it('holds messages of the shape that a schedule sends, other members left out', () => {
    const scheduled = '{"connection":"acme","scheduledAt":"2026-11-24T08:00:00Z"}';
    expect(parseMessage({ body: scheduled })).toEqual({ connection: 'acme', force: false });
  });

  it('holds none of another connection than the one whose group it came in', () => {
    expect(parseMessage({ body, group: 'acme' })).toMatchObject({ connection: 'acme' });
    expect(() => parseMessage({ body, group: 'other\u001b' })).toThrow(
      expect.objectContaining({
        name: 'InvalidEvent',
        message:
          'The event\'s connection must be the message\'s group, which is "other?". Send it with ' +
          'the connection as MessageGroupId.',
      }),
    );
  });

  it.each([
    ['is not JSON', 'canary', 'value must be a JSON object'],
    ['names no connection', '{"refreshToken":"canary"}', 'connection is missing'],
  ])('holds no message that %s, whose text is not repeated', (_, text, problem) => {
    const parse = () => parseMessage({ body: text });

    expect(parse).toThrow(expect.objectContaining({ name: 'InvalidEvent' }));
    expect(parse).toThrow(problem);
    expect(parse).not.toThrow('canary');
  });
});
