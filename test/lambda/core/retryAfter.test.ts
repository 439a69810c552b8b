import { retryAfterMsOf } from '../../../lambda/core/retryAfter';
import { setEnvironment } from '../../support/environment';
import { nowMs } from './facts';

const waitMs = (retryAfter: string | undefined, body: unknown = '') =>
  retryAfterMsOf(
    {
      ...(retryAfter === undefined ? {} : { retryAfter }),
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
    },
    nowMs,
  );

describe('the wait that an answer asks for', () => {
  it.each([
    ['5', 5_000],
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['1.5', 1_500],
    ['0.0001', 1],
  ])('is read from a header of seconds: %j', (header, expected) => {
    expect(waitMs(header)).toBe(expected);
  });

  it.each([
    ['IMF-fixdate', 'Tue, 24 Nov 2026 08:00:30 GMT'],
    ['RFC 850', 'Tuesday, 24-Nov-26 08:00:30 GMT'],
    ['asctime', 'Tue Nov 24 08:00:30 2026'],
  ])('is read from a header that is an HTTP date in the form of %s', (_, header) => {
    expect(waitMs(header)).toBe(30_000);
  });

  it.each([
    'Tue, 24 Nov 2026 08:00:30 UTC',
    'Tue, 24 Nov 2026 08:00:30 +0000',
    'Tue, 24 Nov 2026 09:00:30 +0100',
    'tue, 24 nov 2026 08:00:30 gmt',
    '2026-11-24T08:00:30Z',
    '2026-11-24T08:00:30.000Z',
    '2026-11-24T09:30:30+01:30',
  ])('is read from a date that a server wrote in its own way: %s', (header) => {
    expect(waitMs(header)).toBe(30_000);
    expect(waitMs(`5, ${header}`)).toBe(30_000);
  });

  it('is read from a date that names no zone as GMT, wherever the function runs', () => {
    setEnvironment({ TZ: 'America/New_York' });

    expect(new Date(nowMs).getTimezoneOffset()).toBe(300);
    expect(waitMs('Tue Nov 24 08:00:30 2026')).toBe(30_000);
  });

  it.each([
    ['two header lines', '60, 60', 60_000],
    ['the longest of several', '5, Tue, 24 Nov 2026 08:00:30 GMT,7', 30_000],
    ['dates', 'Tue, 24 Nov 2026 08:00:30 GMT, Tuesday, 24-Nov-26 08:00:10 GMT', 30_000],
    ['what can be read of them', '1e3, 60', 60_000],
  ])('is read from a list: %s', (_, header, expected) => {
    expect(waitMs(header)).toBe(expected);
  });

  it('is 0 if the date has passed', () => {
    expect(waitMs('Tue, 24 Nov 2026 07:59:59 GMT')).toBe(0);
  });

  it.each([
    ['a number', 5, 5_000],
    ['a fraction', 1.5, 1_500],
    ['nothing to wait', 0, 0],
    ['a text of digits', ' 5 ', 5_000],
  ])('is read from the body if there is no header: %s', (_, retryAfter, expected) => {
    expect(waitMs(undefined, { message: 'Rate limit exceeded', retryAfter })).toBe(expected);
  });

  it('is the one in the header if both speak', () => {
    expect(waitMs('7', { retryAfter: 5 })).toBe(7_000);
    expect(waitMs('0', { retryAfter: 5 })).toBe(0);
  });

  it.each([
    '',
    ' ',
    'soon',
    '-1',
    '5 s',
    '1e3',
    '.5',
    'Infinity',
    '2026-11-24T08:00:30',
    '2026-11-24',
    'x2026-11-24T08:00:30Z',
    '+002026-11-24T08:00:30Z',
    '2026-99-24T08:00:30Z',
    '24 Nov 2026 08:00:30 GMT',
    'Tue, 99 Nov 2026 08:00:30 GMT',
    'Tue, 24 Nov 2026 08:00:30 PST',
    'Tue, 24 Nov 2026 08:00:30 GMT (soon)',
    'in Tue, 24 Nov 2026 08:00:30 GMT',
    'Tue 5',
    'soon 5',
  ])('is read from the body if the header %j is neither seconds nor an HTTP date', (header) => {
    expect(waitMs(header, { retryAfter: 5 })).toBe(5_000);
    expect(waitMs(header)).toBeUndefined();
  });

  it.each([[-5], [null], [['5']], [{}], [true], ['soon'], [''], [' ']])(
    'is not read from a retryAfter of %j in the body',
    (retryAfter) => {
      expect(waitMs(undefined, { retryAfter })).toBeUndefined();
    },
  );

  it('is not read from more than a number can hold', () => {
    expect(waitMs(undefined, '{"retryAfter":1e999}')).toBeUndefined();
  });

  it.each([[undefined], [''], ['<html>'], ['null'], ['5'], ['[5]']])(
    'is not read from a body of %j',
    (body) => {
      expect(waitMs(undefined, body)).toBeUndefined();
    },
  );
});
