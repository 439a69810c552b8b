/** Where one connection's data lives: the names that operators, readers and the rotator share. */
export interface ConnectionNames {
  /** Secrets Manager: the token set. */
  readonly secret: string;
  /** Parameter Store, String: authBaseUrl, clientId and onBrokenChain as JSON. */
  readonly config: string;
  /** Parameter Store, SecureString: the client secret in use. */
  readonly clientSecret: string;
  /** Parameter Store, SecureString: the staged client secret, tried when the first is refused. */
  readonly stagedClientSecret: string;
  /** Parameter Store, SecureString: a token set that Secrets Manager would not take. */
  readonly escrow: string;
}

/** The prefixes are the rotator's defaults, so that its environment stays empty. */
export function connectionNames(connection: string): ConnectionNames {
  return {
    secret: `sfmc/${connection}`,
    config: `/sfmc/${connection}/config`,
    clientSecret: `/sfmc/${connection}/client-secret`,
    stagedClientSecret: `/sfmc/${connection}/client-secret-next`,
    escrow: `/sfmc/${connection}/escrow`,
  };
}
