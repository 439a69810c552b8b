import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { secretId } from './world';

const sources = {
  empty: 'export const handler = async () => {};',
  twoClients: `
    import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
    import { SSMClient } from '@aws-sdk/client-ssm';
    const clients = [new SecretsManagerClient({}), new SSMClient({})];
    export const handler = async () => clients.length;`,
  oneRead: `
    import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
    const client = new SecretsManagerClient({});
    const command = new GetSecretValueCommand({ SecretId: '${secretId}' });
    export const handler = async () => (await client.send(command)).VersionId;`,
};

const bundlings = {
  /** As small as esbuild makes it by its settings alone. */
  lean: {
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    banner: {
      js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);",
    },
  },
  /** What CDK's NodejsFunction does by default, the SDK bundled. */
  cdkDefault: { format: 'cjs' },
} satisfies Record<string, BuildOptions>;

/** Bundles a handler that does nothing beside its name, and returns the bundle's path. */
export async function bundleBareHandler(
  handler: keyof typeof sources,
  bundling: keyof typeof bundlings,
  folder: string,
): Promise<string> {
  const extension = bundlings[bundling].format === 'esm' ? 'mjs' : 'js';
  const outfile = path.join(folder, `${handler}-${bundling}.${extension}`);
  await build({
    stdin: { contents: sources[handler], resolveDir: __dirname },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    ...bundlings[bundling],
  });
  return outfile;
}
