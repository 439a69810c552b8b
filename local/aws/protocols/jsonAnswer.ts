import type { HttpAnswer } from './protocol';

/** What answers in JSON under a content type. */
export const jsonAnswer =
  (contentType: string) =>
  (status: number, body: object, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({
    status,
    headers: { 'content-type': contentType, ...headers },
    body: JSON.stringify(body),
  });
