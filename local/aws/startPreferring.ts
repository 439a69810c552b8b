import { type AwsLocal, type AwsLocalOptions, startAwsLocal } from './server';

export const isPortTaken = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';

/** Starts the endpoint on this port or, if it is taken, on any free one. */
export async function startPreferring(
  port: number,
  options: Omit<AwsLocalOptions, 'port'>,
): Promise<AwsLocal> {
  try {
    return await startAwsLocal({ ...options, port });
  } catch (error) {
    if (!isPortTaken(error)) throw error;
    return startAwsLocal(options);
  }
}
