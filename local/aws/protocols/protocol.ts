import type { IncomingHttpHeaders } from 'node:http';
import type { AwsError } from '../awsError';
import type { AwsRequest, Service } from '../awsRequest';

/** A request as it came, its body read as text. */
export interface HttpRequest {
  readonly method: string;
  /** Without the query, still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body went on, beyond what any service takes. */
  readonly isCut: boolean;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a protocol makes of a request. */
export type Understood = Pick<AwsRequest, 'service' | 'operation' | 'input'>;

/** One of AWS's protocols: how requests, answers and refusals are put in HTTP. */
export interface Protocol {
  /** Throws `AwsError` with the codes of AWS's "Common Error Types". */
  understand(request: HttpRequest): Understood;
  answer(request: AwsRequest, output: object): HttpResponse;
  /** `service` is undefined for a request that was not understood. */
  refuse(error: AwsError, requestId: string, service: Service | undefined): HttpResponse;
}
