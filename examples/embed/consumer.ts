import { createTokenReader } from 'sfmc-token-rotator/reader';

/** Outside the handler, so that a warm function reads the token from memory. */
const reader = createTokenReader({ connection: 'example' });

/** Asks Marketing Cloud whose token it is: stands for the calls that a function of yours makes. */
export async function handler(): Promise<{ status: number }> {
  const response = await reader.fetch('/platform/v1/tokenContext');
  return { status: response.status };
}
