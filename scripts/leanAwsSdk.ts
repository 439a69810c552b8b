import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/**
 * Leaves out of the AWS SDK what the function has no use for. A rule that matches nothing any more,
 * after an update of the SDK, does no harm but to the size of the bundle.
 */
export const leanAwsSdk: Plugin = {
  name: 'lean-aws-sdk',
  setup({ onLoad }) {
    // Lambda passes the role's credentials as environment variables (AWS Lambda Developer Guide,
    // "Defined runtime environment variables"). The default chain would bring profiles, single
    // sign-on, assumed roles and instance metadata along, with an SDK client for each.
    onLoad({ filter: /@aws-sdk\/credential-provider-node\/dist-es\/index\.js$/ }, () => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
    }));

    // No operation of Secrets Manager or Parameter Store streams events.
    onLoad({ filter: /@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/ }, () => ({
      contents: 'export {};',
    }));

    onLoad(
      { filter: /@aws-sdk\/client-[^/]+\/dist-es\/schemas\/schemas_0\.js$/ },
      async (file) => ({
        contents: withoutErrorClasses(await readFile(file.path, 'utf8')),
      }),
    );
  },
};

/**
 * The schemas of a client, shakeable: without a class for each of a service's errors (some 130 for
 * SSM), and with the keys `[_e]` as `"error"`, since esbuild takes a computed key for a side effect.
 * Errors that have no class are given as the service's base exception, with name and message.
 */
function withoutErrorClasses(schemas: string): string {
  const texts = new Map<string, string>();
  for (const [, name = '', text = ''] of schemas.matchAll(/^const (\w+) = (".*");$/gm)) {
    texts.set(name, text);
  }
  return schemas
    .replaceAll(/^n\d+_registry\.registerError\(.*\);$/gm, '')
    .replaceAll(/\[(\w+)\]:/g, (key, name) => (texts.has(name) ? `${texts.get(name)}:` : key));
}
