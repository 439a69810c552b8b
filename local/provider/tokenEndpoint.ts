import * as v from 'valibot';
import { parseJsonBody, type Request } from './http';
import { badRequest, type ProviderModel, type TokenAnswer } from './model';

const TokenRequestBody = v.object({
  clientId: v.optional(v.string()),
  clientSecret: v.optional(v.string()),
  refreshToken: v.optional(v.string()),
  accessType: v.optional(v.string()),
  scope: v.optional(v.string()),
});

/** `POST /v1/requestToken?legacy=1`: from the HTTP request to the model's answer. */
export function requestToken(model: ProviderModel, request: Request, nowMs: number): TokenAnswer {
  if (request.contentType !== 'application/json') return unsupportedMediaType;
  const body = v.safeParse(TokenRequestBody, parseJsonBody(request.body));
  if (!body.success) return badRequest('the body must be a JSON object with string fields');
  return model.requestToken({ ...body.output, legacy: request.query.get('legacy') === '1' }, nowMs);
}

/** The refresh token that a request presents, if any, whatever else is wrong with the request. */
export function presentedRefreshToken(body: string): string | undefined {
  const presented = v.safeParse(v.object({ refreshToken: v.string() }), parseJsonBody(body));
  return presented.success ? presented.output.refreshToken : undefined;
}

const unsupportedMediaType: TokenAnswer = {
  status: 415,
  body: { message: 'Unsupported Media Type', errorcode: 0, documentation: '' },
};
