import type { Ministack } from './ministack';

const versions = { cloudformation: '2010-05-15', monitoring: '2010-08-01' };

/** Calls a service whose client is not among the project's dependencies, and gives its XML. */
export async function query(
  { url, region }: Ministack,
  service: keyof typeof versions,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    // The emulator reads the service from it, and checks no signature.
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams({ Action: action, Version: versions[service], ...parameters }),
    signal: AbortSignal.timeout(120_000),
  });
  return response.text();
}
