import { Incidents } from '../../../local/rehearsal/incidents';
import { runbookSection } from '../../../local/rehearsal/runbook';

const common = { control: 'drop-answer', runbook: runbookSection('tokenNearExpiry') };

describe('incidents', () => {
  it('are kept while they are not healed, however many come after them', () => {
    const incidents = new Incidents();
    let isOver = false;
    incidents.open({ ...common, what: 'first', atMs: 0, isOver: () => isOver });

    for (let atMs = 1; atMs <= 20; atMs++) {
      incidents.open({ ...common, what: 'later', atMs });
      incidents.heal({ atMs, how: 'healed' });
    }

    expect(incidents.areAllHealed).toBe(false);
    expect(incidents.rows().at(-1)).toMatchObject({ what: 'first', phase: 'open' });
    isOver = true;
    incidents.heal({ atMs: 21, how: 'healed' });
    expect(incidents.areAllHealed).toBe(true);
    expect(incidents.rows()).toHaveLength(8);
  });
});
