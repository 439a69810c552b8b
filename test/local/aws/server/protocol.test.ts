import { Agent } from 'node:http';
import { startAwsLocal } from '../../../../local/aws/server';
import { closeAfterTest } from '../../../support/closing';
import { fixedNowMs, post, prepare, signedHeader } from './support';

describe('the protocol', () => {
  const target = { 'x-amz-target': 'AmazonSSM.GetParameter', authorization: signedHeader };

  it.each([
    ['another method', target, '', { method: 'GET' }, 404, 'UnknownOperationException'],
    ['no target', { authorization: signedHeader }, '{}', {}, 404, 'UnknownOperationException'],
    [
      'another service',
      { ...target, 'x-amz-target': 'DynamoDB_20120810.GetItem' },
      '{}',
      {},
      404,
      'UnknownOperationException',
    ],
    [
      'no signature',
      { 'x-amz-target': 'AmazonSSM.GetParameter' },
      '{}',
      {},
      400,
      'MissingAuthenticationTokenException',
    ],
    ['broken JSON', target, '{', {}, 400, 'SerializationException'],
    ['a list', target, '[]', {}, 400, 'SerializationException'],
    ['a number for a name', target, '{"Name":5}', {}, 400, 'SerializationException'],
    ['null for a name', target, '{"Name":null}', {}, 400, 'ValidationException'],
    ['over 8 MiB', target, 'x'.repeat(8 * 2 ** 20 + 1), {}, 413, 'RequestEntityTooLargeException'],
  ])('refuses %s', async (_, headers, body, options, status, type) => {
    const { aws } = await prepare();

    const answer = await post(aws, headers, body, options);

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ __type: type });
  });

  it('spells the message member as each service does', async () => {
    const { aws } = await prepare();
    const answer = async (operation: string) => {
      const headers = { 'x-amz-target': operation, authorization: signedHeader };
      const { body } = await post(aws, headers, '{"SecretId":"a","Name":"a b"}');
      return Object.keys(JSON.parse(body));
    };

    expect(await answer('secretsmanager.GetSecretValue')).toEqual(['__type', 'Message']);
    expect(await answer('AmazonSSM.GetParameter')).toEqual(['__type', 'message']);
    expect(await answer('AmazonSSM.DeleteParameters')).toEqual(['__type', 'message']);
  });

  it.each([
    [
      'another path',
      {},
      { path: '/2015-03-31/functions/f/code' },
      404,
      'UnknownOperationException',
    ],
    [
      'another method',
      {},
      { path: '/schedules/sfmc-acme', method: 'PATCH' },
      404,
      'UnknownOperationException',
    ],
    [
      'no signature',
      { authorization: '' },
      { path: '/schedules', method: 'GET' },
      403,
      'MissingAuthenticationTokenException',
    ],
    [
      'a path that is not percent-encoded',
      {},
      { path: '/schedules/%zz', method: 'GET' },
      400,
      'SerializationException',
    ],
    [
      'a page size that is no number',
      {},
      { path: '/schedules?MaxResults=ten', method: 'GET' },
      400,
      'SerializationException',
    ],
    [
      'a page size out of range',
      {},
      { path: '/schedules?MaxResults=101', method: 'GET' },
      400,
      'ValidationException',
    ],
  ])('of REST APIs refuses %s', async (_, headers, options, status, type) => {
    const { aws } = await prepare();

    const answer = await post(aws, { authorization: signedHeader, ...headers }, '', options);

    expect(answer.status).toBe(status);
    expect(answer.headers['x-amzn-errortype']).toBe(type);
    expect(JSON.parse(answer.body)).toHaveProperty('Message');
  });

  it.each([
    ['another service', 'Action=ListQueues&Version=2012-11-05', {}, {}, 400, 'InvalidAction'],
    ['another method', '', {}, { method: 'GET' }, 400, 'InvalidAction'],
    ['another action', 'Action=ListRoles&Version=2010-05-08', {}, {}, 400, 'InvalidAction'],
    [
      'a member that is both a text and a list',
      'Action=GetRole&Version=2010-05-08&A=1&A.member.1=2',
      {},
      {},
      400,
      'MalformedQueryString',
    ],
    [
      'over 8 MiB',
      `Action=GetCallerIdentity&Version=2011-06-15&A=${'x'.repeat(8 * 2 ** 20)}`,
      {},
      {},
      413,
      'RequestEntityTooLargeException',
    ],
    [
      'no signature',
      'Action=GetCallerIdentity&Version=2011-06-15',
      { authorization: '' },
      {},
      403,
      'MissingAuthenticationToken',
    ],
  ])('of query APIs refuses %s', async (_, form, headers, options, status, code) => {
    const { aws } = await prepare();
    const type = 'application/x-www-form-urlencoded; charset=utf-8';

    const answer = await post(
      aws,
      { authorization: signedHeader, 'content-type': type, ...headers },
      form,
      options,
    );

    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/xml');
    expect(answer.body).toContain(`<Error><Type>Sender</Type><Code>${code}</Code><Message>`);
  });

  it.each([
    ['an answer', '{"Name":"/sfmc"}', 400],
    ['a refusal', '{', 400],
  ])("dates %s by the endpoint's clock", async (_, body, status) => {
    const { aws } = await prepare();

    const answer = await post(aws, target, body);

    expect(answer.status).toBe(status);
    expect(answer.headers.date).toBe(new Date(fixedNowMs).toUTCString());
  });

  it('keeps connections alive', async () => {
    const { aws } = await prepare();
    const agent = new Agent({ keepAlive: true });
    closeAfterTest(() => agent.destroy());

    const first = await post(aws, target, '{"Name":"a"}', { agent });
    const second = await post(aws, target, '{"Name":"a"}', { agent });

    expect([first.reused, second.reused]).toEqual([false, true]);
  });

  it('rejects a port that is taken', async () => {
    const { aws } = await prepare();

    const second = startAwsLocal({ port: Number(new URL(aws.url).port) });

    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
