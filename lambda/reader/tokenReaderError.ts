/** The stable codes of what a reader throws. */
export type TokenReaderErrorCode =
  /** An option is unknown, missing or wrong. */
  | 'InvalidOptions'
  /** A path that does not begin with "/". Nothing was sent. */
  | 'InvalidPath'
  /** The secret holds no access token yet. */
  | 'NotSeeded'
  /** The newest access token there is has expired. */
  | 'TokenExpired'
  /** The secret could not be read, or is no token set. */
  | 'SecretUnreadable'
  /** The token set has no `restBaseUrl`, or one of a host that is not the provider's. */
  | 'NoRestBaseUrl'
  /** As above, of its `soapBaseUrl`. */
  | 'NoSoapBaseUrl'
  /** The token set has no `legacyToken`, which SOAP needs. */
  | 'NoLegacyToken';

/**
 * What a reader throws. The message names the connection and the remedy, and never holds a token or
 * an answer's text; there is no `cause`, since an SDK's or a parser's error may hold either.
 */
export class TokenReaderError extends Error {
  override readonly name = 'TokenReaderError';
  readonly code: TokenReaderErrorCode;
  /** Undefined if none was named. */
  readonly connection: string | undefined;

  constructor(code: TokenReaderErrorCode, connection: string | undefined, message: string) {
    super(message);
    this.code = code;
    this.connection = connection;
  }
}
