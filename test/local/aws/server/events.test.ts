import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { AwsLocalOptions } from '../../../../local/aws/server';
import { closing, fixedNowMs, prepareEndpoint } from './support';

const entry = { Source: 'sfmc-token-rotator', DetailType: 'Test', Detail: '{"connection":"acme"}' };

async function prepare(options?: AwsLocalOptions) {
  const { aws, settings } = await prepareEndpoint(options);
  const client = closing(new EventBridgeClient(settings));
  const put = (...Entries: object[]) => client.send(new PutEventsCommand({ Entries }));
  return { aws, put };
}

describe('PutEvents', () => {
  it('takes events on the default bus, which can be looked at', async () => {
    const { aws, put } = await prepare();

    const named = await put({ ...entry, EventBusName: 'default' });
    await put({ ...entry, Detail: '{"connection":"globex"}' });

    expect(named).toMatchObject({
      FailedEntryCount: 0,
      Entries: [{ EventId: expect.stringMatching(/^[0-9a-f-]{36}$/) }],
    });
    expect(aws.events.put).toEqual([
      {
        source: 'sfmc-token-rotator',
        detailType: 'Test',
        detail: { connection: 'acme' },
        atMs: fixedNowMs,
      },
      expect.objectContaining({ detail: { connection: 'globex' } }),
    ]);
    expect(aws.calls).toMatchObject([
      { service: 'events', operation: 'PutEvents', names: ['default'] },
      { names: ['default'] },
    ]);
  });

  it.each([
    ['no source', { ...entry, Source: undefined }, 'InvalidArgument'],
    ['no detail type', { ...entry, DetailType: undefined }, 'InvalidArgument'],
    ['no detail', { ...entry, Detail: undefined }, 'InvalidArgument'],
    ['a detail that is no object', { ...entry, Detail: '[1]' }, 'MalformedDetail'],
    ['a detail that is no JSON', { ...entry, Detail: '{' }, 'MalformedDetail'],
    ['a source of AWS', { ...entry, Source: 'aws.lambda' }, 'NotAuthorizedForSource'],
  ])('refuses an entry with %s, and takes the others', async (_, wrong, code) => {
    const { aws, put } = await prepare();

    const answer = await put(wrong, entry);

    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: code, ErrorMessage: expect.any(String) }, {}],
    });
    expect(aws.events.put).toHaveLength(1);
  });

  it.each([
    ['none', []],
    ['more than 10', Array.from({ length: 11 }, () => entry)],
  ])('refuses a request of %s', async (_, entries) => {
    await expect((await prepare()).put(...entries)).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  it('asks whether the caller may put events on that bus', async () => {
    const asked: string[] = [];
    const authorize: AwsLocalOptions['authorize'] = ({ action, resource }) => {
      asked.push(`${action} ${resource}`);
      return false;
    };
    const { aws, put } = await prepare({ authorize });

    await expect(put(entry)).rejects.toMatchObject({ name: 'AccessDeniedException' });

    expect(asked).toEqual([
      'events:PutEvents arn:aws:events:eu-central-1:123456789012:event-bus/default',
    ]);
    expect(aws.events.put).toEqual([]);
  });
});
