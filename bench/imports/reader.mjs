/** The client is imported as well, which the reader itself loads at the first read. */
import '@aws-sdk/client-secrets-manager';
import { createTokenReader } from 'sfmc-token-rotator/reader';

export const handler = ({ connection }) => createTokenReader({ connection }).get();
