import {
  createTokenReader,
  type TokenReader,
  type TokenReaderOptions,
  type TokenSource,
  type Tokens,
} from './index';

export interface FakeReaderOptions
  extends Omit<TokenReaderOptions, 'connection' | 'source' | 'fetch'> {
  /** @default 'example' */
  readonly connection?: string | undefined;
  /** In milliseconds. @default stands still at the time of its making, until `advance` moves it */
  readonly now?: (() => number) | undefined;
  /** How long a token lives. @default 3600 */
  readonly lifeSeconds?: number | undefined;
  /** Answers a call that carries the newest token; any other is refused. @default a 200 with `{}` */
  readonly answer?: ((request: Request) => Response | Promise<Response>) | undefined;
}

/** The reader itself, on a secret, a clock and a Marketing Cloud that the test holds in its hands. */
export interface FakeReader extends TokenReader {
  /** Gives a reader of one's own, or middy's `tokens`, the same secret and clock. */
  readonly source: TokenSource;
  /** What the secret holds. A test may send one of its own calls with it. */
  readonly newest: Tokens;
  /** How often the secret was read. */
  readonly reads: number;
  /** What `fetch` and `soapFetch` have sent, refused calls too. */
  readonly requests: readonly Request[];
  /**
   * As the rotator does: puts a newer token set into the secret, and from now on Marketing Cloud
   * refuses the one before. The reader does not know until it reads again.
   */
  rotate(members?: Partial<Tokens>): Tokens;
  /** Moves the clock. */
  advance(seconds: number): void;
  /** Lets reads of the secret end so until `mend`. */
  fail(how?: 'SecretUnreadable' | 'NotSeeded'): void;
  mend(): void;
}

/**
 * A reader for tests of code that uses one: it keeps the reader's rules and touches neither AWS nor
 * the network.
 *
 * @throws TokenReaderError `InvalidOptions`
 */
export function createFakeReader(options: FakeReaderOptions = {}): FakeReader {
  const startMs = Date.now();
  const {
    connection = 'example',
    now = () => startMs,
    lifeSeconds = 3_600,
    answer = () => new Response('{}', { headers: { 'content-type': 'application/json' } }),
    ...others
  } = options;
  const requests: Request[] = [];
  let advancedMs = 0;
  let rotations = 0;
  let reads = 0;
  let failure: 'SecretUnreadable' | 'NotSeeded' | undefined;

  const nowMs = () => now() + advancedMs;
  function issue(members: Partial<Tokens>): Tokens {
    rotations += 1;
    return {
      accessToken: `fake-access-token-${rotations}`,
      legacyToken: `fake-legacy-token-${rotations}`,
      issuedAt: new Date(nowMs()).toISOString(),
      expiresAt: new Date(nowMs() + lifeSeconds * 1_000).toISOString(),
      restBaseUrl: 'https://example.rest.marketingcloudapis.com',
      soapBaseUrl: 'https://example.soap.marketingcloudapis.com/Service.asmx',
      ...members,
    };
  }
  let newest = issue({});

  const source: TokenSource = {
    now: nowMs,
    async read() {
      reads += 1;
      if (failure === 'SecretUnreadable') throw new Error('as the test wants it');
      return failure === 'NotSeeded' ? undefined : JSON.stringify(newest);
    },
  };

  async function fetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = new Request(url, init);
    requests.push(request.clone());
    if (request.headers.has('authorization')) {
      const isNewest = request.headers.get('authorization') === `Bearer ${newest.accessToken}`;
      return isNewest ? answer(request) : new Response('{"message":"Not Authorized"}', refused);
    }
    const isNewest = (await request.clone().text()).includes(`>${newest.legacyToken}</oAuthToken>`);
    return isNewest ? answer(request) : new Response(securityFault, { status: 500 });
  }

  const reader = createTokenReader({ ...others, connection, source, fetch });
  return {
    ...reader,
    source,
    requests,
    rotate(members = {}) {
      newest = issue(members);
      return newest;
    },
    get newest() {
      return newest;
    },
    get reads() {
      return reads;
    },
    advance(seconds) {
      advancedMs += seconds * 1_000;
    },
    fail(how = 'SecretUnreadable') {
      failure = how;
    },
    mend() {
      failure = undefined;
    },
  };
}

const refused = { status: 401, headers: { 'content-type': 'application/json' } };

const securityFault =
  '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault>' +
  '<faultcode xmlns:q0="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">' +
  'q0:Security</faultcode><faultstring>Token Expired</faultstring></soap:Fault></soap:Body>' +
  '</soap:Envelope>';
