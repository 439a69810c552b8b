import { readFile } from 'node:fs/promises';
import path from 'node:path';
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

    // No operation that is used streams events, nor signs the headers of one.
    onLoad({ filter: /@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/ }, () => ({
      contents: 'export {};',
    }));
    onLoad({ filter: /@smithy\/signature-v4\/dist-es\/HeaderFormatter\.js$/ }, () => ({
      contents: 'export class HeaderFormatter {}',
    }));

    // Only EventBridge's global endpoints are signed for several Regions.
    onLoad({ filter: /@aws-sdk\/signature-v4-multi-region\/dist-es\/index\.js$/ }, (file) => ({
      contents: `
        import { SignatureV4 } from '@smithy/signature-v4';
        export class SignatureV4MultiRegion extends SignatureV4 {
          static sigv4aDependency = () => 'none';
        }`,
      resolveDir: path.dirname(file.path),
    }));

    // Node.js has these hashes itself.
    onLoad(
      { filter: /@smithy\/core\/dist-es\/submodules\/checksum\/\w+\/(Md5|Sha256)Js\.js$/ },
      () => ({
        contents: 'export const Md5Js = undefined; export const Sha256Js = undefined;',
      }),
    );

    // The global `crypto`, which is asked for it, loads Web Crypto.
    onLoad({ filter: /@smithy\/core\/dist-es\/submodules\/serde\/uuid\/v4\.js$/ }, () => ({
      contents: "import { randomUUID } from 'node:crypto'; export const bindV4 = () => randomUUID;",
    }));

    // Each client names these functions to the rules of its endpoints itself; here that brings the
    // rules along if there are none.
    onLoad({ filter: /@aws-sdk\/core\/dist-es\/.*\/util-endpoints\/aws\.js$/ }, async (file) => ({
      contents: (await readFile(file.path, 'utf8')).replaceAll(
        /^.*customEndpointFunctions.*$/gm,
        '',
      ),
      resolveDir: path.dirname(file.path),
    }));

    // A client states its version in the user agent, and nothing else of its package.
    onLoad({ filter: /@aws-sdk\/client-[^/]+\/package\.json$/ }, async (file) => {
      const { version } = JSON.parse(await readFile(file.path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });

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
