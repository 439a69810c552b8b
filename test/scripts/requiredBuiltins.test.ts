import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { requiredBuiltins } from '../../scripts/requiredBuiltins';

/** Bundles the module, and gives its code and what it exports. */
async function bundle(contents: string) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: __dirname },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    plugins: [requiredBuiltins],
  });
  const code = outputFiles[0]?.text ?? '';
  const module = { exports: {} };
  new Function('module', 'require', code)(module, require);
  return { code, exports: module.exports };
}

it("imports from Node.js's modules by name, as a whole and by default", async () => {
  const { exports } = await bundle(`
    import { createHash as byName } from 'node:crypto';
    import * as os from 'node:os';
    import path, { sep } from 'path';
    export const imported = [byName, os.hostname, path, sep];`);

  expect(exports).toEqual({ imported: [createHash, os.hostname, path, path.sep] });
});

it('reads no property that is not imported, and copies none', async () => {
  const { code } = await bundle(`
    import { createHash } from 'node:crypto';
    export const digest = (text) => createHash('sha256').update(text).digest('hex');`);

  expect(code.match(/builtin\.\w+/g)).toEqual(['builtin.createHash']);
  expect(code).not.toContain('webcrypto');
});

it('requires no module that it uses nothing of', async () => {
  const { code } = await bundle(`
    import { createServer } from 'node:http2';
    import { EOL } from 'node:os';
    export const eol = EOL;`);

  expect(code.match(/require\("[^"]+"\)/g)).toEqual(['require("node:os")']);
});
