import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import cdkJson from '../cdk.json';

const root = path.join(__dirname, '..');
const extension = '.template.json';

/** A CloudFormation template as far as an upgrade depends on it. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/**
 * The templates of the app by stack, with the connections of `cdk.json` and with a fleet, as the
 * CDK's command has them written: it passes folder and context in these variables.
 */
export function synthesizedTemplates(): Map<string, Template> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sfmc-token-rotator-synth-'));
  const context = { ...cdkJson.context, fleet: true };
  try {
    const tsx = path.join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs');
    execFileSync(process.execPath, [tsx, 'infra/app.ts'], {
      cwd: root,
      // What is warned of is not asked for here; a failure brings it along.
      stdio: 'pipe',
      env: { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context) },
    });
    const files = readdirSync(folder).filter((file) => file.endsWith(extension));
    return new Map(
      files.map((file) => [
        file.slice(0, -extension.length),
        JSON.parse(readFileSync(path.join(folder, file), 'utf8')),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
