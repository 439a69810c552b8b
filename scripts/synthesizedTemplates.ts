import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import cdkJson from '../cdk.json';
import { addStacks } from '../infra/deployedStacks';

/** A CloudFormation template as far as an upgrade depends on it. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** The templates of the app by stack, with the connections of `cdk.json` and with a fleet. */
export function synthesizedTemplates(): Map<string, Template> {
  const outdir = mkdtempSync(path.join(os.tmpdir(), 'sfmc-token-rotator-synth-'));
  try {
    // What the synthesis warns of is not asked for here, and takes seconds to find.
    const quiet = { '@aws-cdk/core:annotationsInValidationReport': false };
    const context = { ...cdkJson.context, ...quiet, fleet: true };
    const app = new App({ outdir, context, builtinCloudFormationValidation: false });
    addStacks(app);
    return new Map(app.synth().stacks.map(({ stackName, template }) => [stackName, template]));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
