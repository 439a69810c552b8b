import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Template, withoutLeftOut } from './leftOut';
import type { Ministack } from './ministack';
import { run } from './program';

const cdk = path.join(__dirname, '..', '..', 'node_modules', 'aws-cdk', 'bin', 'cdk');

/** What was synthesized, and is deployed: a folder. */
export interface Assembly {
  readonly folder: string;
  /** As they were synthesized, by the stack's name. */
  readonly templates: Readonly<Record<string, Template>>;
}

/** A CDK app in its folder, deployed by the CDK's own program. */
export class CdkProject {
  #assemblies = 0;

  constructor(
    private readonly server: Ministack,
    private readonly folder: string,
  ) {}

  async bootstrap(): Promise<void> {
    const { account, region, folder } = this.server;
    // It synthesizes the app too; the folder that is usual for that may be in use.
    const output = path.join(folder, 'bootstrap');
    await this.#cdk('bootstrap', `aws://${account}/${region}`, '--output', output);
  }

  /**
   * As `cdk synth` does it, except for what the emulator cannot make. A template is published under the
   * hash that it was synthesized with, so each is changed before it is deployed first.
   */
  async synthesize(
    context: Readonly<Record<string, unknown>> = {},
    change: (template: Template) => Template = (template) => template,
  ): Promise<Assembly> {
    this.#assemblies += 1;
    const name = `${path.basename(this.folder)}-${this.#assemblies}`;
    const folder = path.join(this.server.folder, 'assemblies', name);
    const settings = Object.entries(context).flatMap(([key, value]) => [
      '-c',
      `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ]);
    await this.#cdk('synth', '--quiet', '--output', folder, ...settings);
    const templates: Record<string, Template> = {};
    for (const file of readdirSync(folder)) {
      const [, stack] = /^(.+)\.template\.json$/.exec(file) ?? [];
      if (stack === undefined) continue;
      const template: Template = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
      templates[stack] = template;
      const deployed = change(withoutLeftOut(template));
      writeFileSync(path.join(folder, file), JSON.stringify(deployed));
    }
    return { folder, templates };
  }

  async deploy({ folder }: Assembly): Promise<void> {
    const unasked = ['--require-approval', 'never', '--progress', 'events'];
    await this.#cdk('deploy', '--all', '--app', folder, ...unasked);
  }

  async destroy({ folder }: Assembly): Promise<void> {
    await this.#cdk('destroy', '--all', '--app', folder, '--force');
  }

  async #cdk(...argv: string[]): Promise<void> {
    const { exitCode, output } = await run(
      // The functions are built already: to build them here would take them away from other tests.
      [process.execPath, cdk, ...argv, '--no-notices', '--build', 'true'],
      {
        cwd: this.folder,
        env: { ...this.server.environment, CDK_DISABLE_CLI_TELEMETRY: 'true', CI: 'true' },
      },
    );
    if (exitCode !== 0)
      throw new Error(`cdk ${argv.join(' ')} exited with ${exitCode}:\n${output}`);
  }
}
