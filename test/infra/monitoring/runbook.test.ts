import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runOps } from '../../../ops/program';
import '../support';
import { alarmsIn, fleetMonitoringOf, monitoringOf } from './support';

const root = join(__dirname, '..', '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** As GitHub makes it of a heading of plain words. */
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

const headingsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);

/** From one heading to the next of its level, by the heading. */
function sectionsOf(text: string): ReadonlyMap<string, string> {
  const [, ...sections] = text.split(/^## /m);
  return new Map(sections.map((section) => [section.split('\n')[0] ?? '', section]));
}

describe('the runbook', () => {
  const runbook = read('docs/runbook.md');
  const sections = sectionsOf(runbook);
  const alarms = [monitoringOf(), fleetMonitoringOf()].flatMap(({ template }) => [
    ...alarmsIn(template).values(),
  ]);
  const inDescriptions = new Set(
    alarms.map(({ AlarmDescription }) => /docs\/runbook\.md#(\S+)$/.exec(AlarmDescription)?.[1]),
  );
  const aboutAlarms = [...sections]
    .filter(([, text]) => text.includes('**Ends'))
    .map(([heading]) => heading);

  it('has a section for each alarm, where its description says, and no other', () => {
    expect(aboutAlarms.map(anchorOf).sort()).toEqual([...inDescriptions].sort());
  });

  it.each(aboutAlarms)('tells meaning, details, command and end: %s', (heading) => {
    const text = sections.get(heading) ?? '';

    for (const part of ['**Means', '**See', '**Do', '**Ends']) expect(text).toContain(part);
    expect(text).toMatch(/npm run ops -- /);
  });

  it('names no command that the operator has not', async () => {
    const stdout = new PassThrough();
    const streams = { stdin: new PassThrough(), stdout, stderr: new PassThrough() };
    await runOps(['--help'], { streams, env: {} });
    const [, listed = ''] = String(stdout.read()).split('Commands:');
    const commands = [...listed.matchAll(/^ {2}([a-z-]+) /gm)].map(([, name]) => name);

    const named = [...runbook.matchAll(/npm run ops -- ([a-z-]+)/g)].map(([, name]) => name);

    expect(commands).toContain('promote-secret');
    expect(named.filter((name) => !commands.includes(name))).toEqual([]);
  });

  it('leads only to headings that there are', () => {
    const links = [...runbook.matchAll(/\]\(([^)#]*)#([^)]+)\)/g)];

    expect(links.length).toBeGreaterThan(0);
    for (const [, file = '', anchor = ''] of links) {
      const target = file === '' ? runbook : read(join('docs', file));
      expect(headingsOf(target).map(anchorOf)).toContain(anchor);
    }
  });
});
