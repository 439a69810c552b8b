import type { HttpResponse } from './protocol';

/** What answers in JSON under a content type. */
export const jsonAnswer =
  (contentType: string) =>
  (status: number, body: object, headers: HttpResponse['headers'] = {}): HttpResponse => ({
    status,
    headers: { 'content-type': contentType, ...headers },
    body: JSON.stringify(body),
  });
