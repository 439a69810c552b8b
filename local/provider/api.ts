import type { RequestKind } from './exchange';
import type { Request } from './http';
import type { ProviderModel } from './model';
import { json, type ProviderResponse } from './replies';
import { presentedRefreshToken, requestToken } from './tokenEndpoint';

const kinds: ReadonlyMap<string, RequestKind> = new Map([
  ['POST /v1/requestToken', 'credentials'],
  ['GET /platform/v1/tokenContext', 'tokenContext'],
  ['GET /platform/v1/endpoints', 'endpoints'],
]);

export function kindOf(request: Request): RequestKind | undefined {
  const kind = kinds.get(`${request.method} ${request.path}`);
  const isRefresh = kind === 'credentials' && presentedRefreshToken(request.body) !== undefined;
  return isRefresh ? 'refresh' : kind;
}

/**
 * What the provider itself answers: the token endpoint, `POST /v1/requestToken`, and the few API
 * calls that show whether a token works.
 *
 * - `GET /platform/v1/tokenContext`: 202 with whose token it is, else 401.
 * - `GET /platform/v1/endpoints`: the REST and SOAP base URLs, both here, else 401.
 * - `POST /Service.asmx`: SOAP; takes `legacyToken` in `<oAuthToken>`, as the FuelSDKs send it,
 *   and either token in `<fueloauth>`.
 *
 * Anything else is 404. Source: Salesforce Marketing Cloud Engagement, "Authenticate Your SOAP
 * API Calls" and the REST reference of the platform routes.
 */
export function answerWithoutFault(
  model: ProviderModel,
  request: Request,
  baseUrl: string,
  nowMs: number,
): ProviderResponse {
  switch (`${request.method} ${request.path}`) {
    case 'POST /v1/requestToken': {
      const { status, body } = requestToken(model, request, nowMs);
      return json(status, body);
    }
    case 'GET /platform/v1/tokenContext':
      return withBearer(model, request, nowMs, (accessToken) =>
        json(202, {
          organization: { id: 100, enterpriseId: 100 },
          user: { context: model.accessTokenContext(accessToken) },
        }),
      );
    case 'GET /platform/v1/endpoints':
      return withBearer(model, request, nowMs, () =>
        json(200, {
          items: [
            { type: 'rest', url: baseUrl },
            { type: 'soap', url: `${baseUrl}/Service.asmx` },
          ],
        }),
      );
    case 'POST /Service.asmx':
      return answerSoap(model, request.body, nowMs);
    default:
      return json(404, { message: 'Not Found', errorcode: 0, documentation: '' });
  }
}

function withBearer(
  model: ProviderModel,
  request: Request,
  nowMs: number,
  answer: (accessToken: string) => ProviderResponse,
): ProviderResponse {
  const accessToken = /^Bearer (\S+)$/i.exec(request.authorization)?.[1];
  return accessToken !== undefined && model.isAccessTokenValid(accessToken, nowMs)
    ? answer(accessToken)
    : json(401, { message: 'Not Authorized', errorcode: 0, documentation: '' });
}

function answerSoap(model: ProviderModel, envelope: string, nowMs: number): ProviderResponse {
  const [, element, token = ''] =
    /<(?:\w+:)?(oAuthToken|fueloauth)(?:\s[^>]*)?>\s*([^<\s]+)\s*</.exec(envelope) ?? [];
  const isValid =
    model.isLegacyTokenValid(token, nowMs) ||
    (element === 'fueloauth' && model.isAccessTokenValid(token, nowMs));
  return isValid
    ? soap(200, '<OverallStatus xmlns="http://exacttarget.com/wsdl/partnerAPI">OK</OverallStatus>')
    : soap(
        500,
        '<soap:Fault><faultcode>soap:Client</faultcode><faultstring>Login Failed</faultstring></soap:Fault>',
      );
}

function soap(status: number, content: string): ProviderResponse {
  const namespace = 'http://schemas.xmlsoap.org/soap/envelope/';
  return {
    status,
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body: `<soap:Envelope xmlns:soap="${namespace}"><soap:Body>${content}</soap:Body></soap:Envelope>`,
  };
}
