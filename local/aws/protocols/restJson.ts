import { AwsError } from '../awsError';
import { jsonAnswer } from './jsonAnswer';
import type { HttpRequest, Protocol } from './protocol';
import { type Route, routes } from './restRoutes';

/** Lambda and EventBridge Scheduler answer these by their own HTTP status. */
const errorStatuses: ReadonlyMap<string, number> = new Map([
  ['AccessDeniedException', 403],
  ['MissingAuthenticationTokenException', 403],
  ['ThrottlingException', 429],
]);

const answer = jsonAnswer('application/json');

function routeOf({ method, path }: HttpRequest): [Route, readonly string[]] {
  for (const route of routes) {
    const found = route.method === method && route.path.exec(path);
    if (found) return [route, found.slice(1).map(decoded)];
  }
  throw new AwsError('UnknownOperationException', `${method} ${path} is not served here.`, 404);
}

function decoded(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    throw new AwsError('SerializationException', `${label} is not percent-encoded.`);
  }
}

/** Names the operation by method and path. Source: "AWS restJson1 protocol" (Smithy). */
export const restJson: Protocol = {
  understand(request) {
    const [{ service, operation, input }, labels] = routeOf(request);
    return { service, operation, input: input(request, labels) };
  },
  answer({ service, operation }, output) {
    const route = routes.find((each) => each.service === service && each.operation === operation);
    return route?.answer?.(output) ?? answer(200, output);
  },
  refuse({ name, message, status }, _, service) {
    const type = { Type: status < 500 ? 'User' : 'Service' };
    return answer(
      errorStatuses.get(name) ?? status,
      { ...(service === 'lambda' && type), Message: message },
      { 'x-amzn-errortype': name },
    );
  },
};
