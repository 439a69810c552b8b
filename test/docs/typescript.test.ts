import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../support/temporaryFolder';
import { pages, root } from './markdown';

/** What a few lines of a stack of the reader's own have around them. */
const around = `
import { Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { IGrantable, Role } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import * as infra from 'sfmc-token-rotator/infra';
const { TokenRotationFleet, TokenRotationFleetMonitoring, TokenRotationMonitoring } = infra;
declare const stack: infra.TokenRotationStack;
declare const rotation: infra.TokenRotation;
declare const reader: IGrantable;
declare const role: Role;
declare const fn: IFunction;
declare const topic: ITopic;
declare const alarmTopic: ITopic;
`;

const inStack = (code: string) =>
  `${around}export function addTo(this: infra.TokenRotationStack) {\n${code}\n}\n`;

it('TypeScript compiles as each page shows it', () => {
  const project = temporaryFolder();
  const packages = path.join(project, 'node_modules');
  mkdirSync(packages);
  symlinkSync(root, path.join(packages, 'sfmc-token-rotator'));
  for (const name of ['@types', '@aws-sdk', '@middy', 'aws-cdk-lib', 'axios', 'constructs']) {
    symlinkSync(path.join(root, 'node_modules', name), path.join(packages, name));
  }
  const blocks = pages.flatMap(({ path: page, blocks: all }) =>
    all.filter(({ language }) => language === 'ts').map(({ code }) => ({ page, code })),
  );
  const files = blocks.map(({ page, code }, at) => {
    // The compiler names the page where something is wrong.
    const file = `${page.replaceAll('/', '-')}-${at}.ts`;
    const isWhole = /^(import|export) /m.test(code);
    writeFileSync(path.join(project, file), isWhole ? `${code}\nexport {};\n` : inStack(code));
    return file;
  });

  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--noEmit', '--strict', '--module', 'preserve', '--target', 'es2023'];
  const { stdout } = spawnSync(
    process.execPath,
    [compiler, ...files, ...options, '--types', 'node', '--skipLibCheck'],
    { cwd: project, encoding: 'utf8' },
  );

  expect(files.length).toBeGreaterThan(10);
  expect(stdout).toBe('');
});

it('JSON is valid as each page shows it', () => {
  const blocks = pages.flatMap(({ blocks: all }) =>
    all.filter(({ language }) => language === 'json').map(({ code }) => code),
  );

  expect(blocks.length).toBeGreaterThan(5);
  for (const block of blocks) expect(() => JSON.parse(block)).not.toThrow();
});
