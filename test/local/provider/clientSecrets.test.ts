import { ClientSecrets } from '../../../local/provider/clientSecrets';
import { minuteMs } from './support';

describe('ClientSecrets', () => {
  it('accepts the active secret only, before another is staged', () => {
    const secrets = new ClientSecrets('old');

    expect(secrets.accepts('old', 0)).toBe(true);
    expect(secrets.accepts('new', 0)).toBe(false);
  });

  it('accepts a staged secret beside the active one once five minutes are over', () => {
    const secrets = new ClientSecrets('old');

    secrets.stage('new', 0);

    expect(secrets.accepts('new', 5 * minuteMs - 1)).toBe(false);
    expect(secrets.accepts('new', 5 * minuteMs)).toBe(true);
    expect(secrets.accepts('old', 5 * minuteMs)).toBe(true);
  });

  it('disables the previous secret as soon as the staged one is activated', () => {
    const secrets = new ClientSecrets('old');
    secrets.stage('new', 0);

    secrets.activateStaged(5 * minuteMs);

    expect(secrets.accepts('old', 5 * minuteMs)).toBe(false);
    expect(secrets.accepts('new', 5 * minuteMs)).toBe(true);
  });

  it('activates neither too early nor without a staged secret', () => {
    const secrets = new ClientSecrets('old');

    expect(() => secrets.activateStaged(0)).toThrow('no client secret is staged');
    secrets.stage('new', 0);
    expect(() => secrets.activateStaged(5 * minuteMs - 1)).toThrow('five minutes');
  });

  it('refuses an expired secret', () => {
    const secrets = new ClientSecrets('old');

    secrets.expire('old');

    expect(secrets.accepts('old', 0)).toBe(false);
  });
});
