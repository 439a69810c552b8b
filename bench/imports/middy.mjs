import secretsManager from '@middy/secrets-manager';

export async function handler({ connection }) {
  const fetchData = { tokens: `sfmc/${connection}` };
  const { before } = secretsManager({ fetchData, disablePrefetch: true, setToContext: true });
  const request = { event: {}, context: {}, internal: {} };
  await before(request);
  return request.context.tokens;
}
