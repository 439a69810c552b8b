import { column, page } from '../../docs/markdown';
import '../support';
import { alarmsIn, fleetMonitoringOf, monitoringOf } from './support';

/** As GitHub makes it of a heading of plain words. */
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');

/** From one heading to the next of its level, by the heading. */
function sectionsOf(text: string): ReadonlyMap<string, string> {
  const [, ...sections] = text.split(/^## /m);
  return new Map(sections.map((section) => [section.split('\n')[0] ?? '', section]));
}

describe('the runbook', () => {
  const sections = sectionsOf(page('docs/runbook.md').text);
  const alarms = [monitoringOf(), fleetMonitoringOf()].flatMap(({ template }) => [
    ...alarmsIn(template).values(),
  ]);
  const inDescriptions = new Set(
    alarms.map(({ AlarmDescription }) => /docs\/runbook\.md#(\S+)$/.exec(AlarmDescription)?.[1]),
  );
  const aboutTroubles = [...sections]
    .filter(([, text]) => text.includes('**Ends'))
    .map(([heading]) => heading);
  const aboutAlarms = aboutTroubles.filter(
    (heading) => !sections.get(heading)?.includes('There is no alarm of its own'),
  );

  it('has a section for each alarm, at the anchor that its description names, and no other', () => {
    expect(aboutAlarms.map(anchorOf).sort()).toEqual([...inDescriptions].sort());
  });

  it('is about the alarms that docs/monitoring.md lists, and no others', () => {
    const single = column('docs/monitoring.md', 'alarm');
    const fleet = column('docs/monitoring.md', 'alarm of a fleet');
    const shared = ['ChainBroken', 'EscrowInUse', 'StagedSecretInUse', 'RefreshTokenOld'];

    const ofOne = monitoringOf(['name']).template;
    expect([...alarmsIn(ofOne).keys()].sort()).toEqual(single);
    expect([...alarmsIn(fleetMonitoringOf().template).keys()].sort()).toEqual(
      [...fleet, ...shared].sort(),
    );
  });

  it.each(aboutTroubles)('says meaning, details, command and end: %s', (heading) => {
    const text = sections.get(heading) ?? '';

    for (const part of ['**Means', '**See', '**Do', '**Ends']) expect(text).toContain(part);
    expect(text).toMatch(/npm run ops -- /);
  });
});
