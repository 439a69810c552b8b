import { Incidents } from '../../../local/rehearsal/incidents';

describe('incidents', () => {
  it('are kept while they are not healed, however many come after them', () => {
    const incidents = new Incidents();
    let isOver = false;
    incidents.open({ what: 'first', atMs: 0, isOver: () => isOver });

    for (let atMs = 1; atMs <= 20; atMs++) {
      incidents.open({ what: 'later', atMs });
      incidents.heal(atMs, 'healed');
    }

    expect(incidents.areAllHealed).toBe(false);
    expect(incidents.rows().at(-1)).toMatchObject({ what: 'first', phase: 'open' });
    isOver = true;
    incidents.heal(21, 'healed');
    expect(incidents.areAllHealed).toBe(true);
    expect(incidents.rows()).toHaveLength(8);
  });
});
