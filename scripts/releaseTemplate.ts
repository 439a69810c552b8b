import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { synthesizedTemplates } from './synthesizedTemplates';

const folder = path.join(__dirname, '..', 'test', 'infra', 'released');

/** At a release: keeps its templates, which the next version's upgrade is measured by. */
const templates = synthesizedTemplates();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const [stack, template] of templates) {
  const file = path.join(folder, `${stack}.template.json`);
  writeFileSync(file, `${JSON.stringify(template, null, 2)}\n`);
  console.log(path.relative(process.cwd(), file));
}
