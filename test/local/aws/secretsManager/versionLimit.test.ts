import { refusalOf } from '../refusalOf';
import { dayMs, hourMs, prepareWithSecret, versionId } from './support';

describe('the limit of 100 versions', () => {
  it('refuses the 101st version within 24 hours, and still answers a repeated one', () => {
    const { put, stages } = prepareWithSecret();
    for (let n = 2; n <= 100; n++) put(n);

    const refusal = refusalOf(() => put(101));

    expect(refusal.name).toBe('LimitExceededException');
    expect(put(100).VersionId).toBe(versionId(100));
    expect(stages()[versionId(100)]).toEqual(['AWSCURRENT']);
  });

  it('removes deprecated versions older than 24 hours to make room, oldest first', () => {
    const { clock, model, put } = prepareWithSecret();
    for (let n = 2; n <= 100; n++) put(n);
    clock.nowMs += dayMs + 1;

    put(101);
    put(102);

    const listed = model.listSecretVersionIds({ SecretId: 'sfmc/acme', IncludeDeprecated: true });
    const ids = listed.Versions.map((version) => version.VersionId);
    expect(ids).toHaveLength(100);
    expect(ids[0]).toBe(versionId(3));
    expect(ids).toContain(versionId(102));
  });

  it('never removes a labelled version, however old', () => {
    const { clock, model, put } = prepareWithSecret();
    model.updateSecretVersionStage({
      SecretId: 'sfmc/acme',
      VersionStage: 'first',
      MoveToVersionId: versionId(1),
    });

    for (let n = 2; n <= 300; n++) {
      clock.nowMs += hourMs;
      put(n);
    }

    const first = model.getSecretValue({ SecretId: 'sfmc/acme', VersionId: versionId(1) });
    expect(first.SecretString).toBe('value-1');
  });

  it('lasts forever at one version every 15 minutes, and runs out at one every 14', () => {
    const everyMinutes = (minutes: number) => {
      const { clock, put } = prepareWithSecret();
      for (let n = 2; n <= 1000; n++) {
        clock.nowMs += minutes * 60_000;
        put(n);
      }
    };

    const refusal = refusalOf(() => everyMinutes(14));

    expect(refusal.name).toBe('LimitExceededException');
    expect(() => everyMinutes(15)).not.toThrow();
  });
});
