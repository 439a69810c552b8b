import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { closeAfterTest } from './closing';

/**
 * Every HTTP request that this process sends until the test ends, to whatever host: an AWS
 * operation by its name, any other by method and path. Requests show up as they are created
 * (Node.js, "Diagnostics Channel", built-in channels; undici, "Diagnostics Channel Support").
 */
export function logRequests(): string[] {
  const log: string[] = [];
  const onNodeRequest = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    const target = String(request.getHeader('x-amz-target') ?? request.path);
    log.push(target.split('.').at(-1) ?? target);
  };
  const onFetch = (message: unknown) => {
    const { method, path } = (message as { request: { method: string; path: string } }).request;
    log.push(`${method} ${path}`);
  };
  subscribe('http.client.request.start', onNodeRequest);
  subscribe('undici:request:create', onFetch);
  closeAfterTest(() => {
    unsubscribe('http.client.request.start', onNodeRequest);
    unsubscribe('undici:request:create', onFetch);
  });
  return log;
}
