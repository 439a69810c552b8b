export { type ExtensionSourceOptions, extensionSource } from './extensionSource';
export { getToken } from './getToken';
export { type SecretsManagerSourceOptions, secretsManagerSource } from './secretsManagerSource';
export { soapAuthHeader } from './soapAuthHeader';
export { createTokenReader, type TokenReader, type TokenReaderOptions } from './tokenReader';
export { TokenReaderError, type TokenReaderErrorCode } from './tokenReaderError';
export type { TokenSource } from './tokenSource';
export type { Tokens } from './tokens';
