import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { prepareWithSecret } from './support';

const minuteMs = 60_000;

/** An endpoint whose clock is so far from that of its client, which is the machine's. */
async function prepare(aheadMs: number, signatureToleranceMs?: number) {
  const nowMs = Date.now();
  const tolerance = signatureToleranceMs === undefined ? {} : { signatureToleranceMs };
  return prepareWithSecret({ now: () => nowMs + aheadMs, ...tolerance });
}

it.each([
  [10 * minuteMs, /^Signature expired: \d{8}T\d{6}Z is now earlier than .* - 5 min\.\)$/],
  [-10 * minuteMs, /^Signature not yet current: \d{8}T\d{6}Z is still later than .* \+ 5 min\.\)$/],
])(
  'refuses a signature that is off by %i ms, once: the SDK corrects itself',
  async (ms, message) => {
    const { secrets } = await prepare(ms, 5 * minuteMs);
    const get = () => secrets.send(new GetSecretValueCommand({ SecretId: 'sfmc/acme' }));

    await expect(get()).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringMatching(message),
    });

    await expect(get()).resolves.toMatchObject({ SecretString: 'canary-1' });
  },
);

it.each([
  ['within the tolerance', 4 * minuteMs, 5 * minuteMs],
  ['of any time, unless set otherwise', 365 * 24 * 60 * minuteMs, undefined],
])('takes a signature %s', async (_, aheadMs, toleranceMs) => {
  const { get } = await prepare(aheadMs, toleranceMs);

  await expect(get()).resolves.toMatchObject({ SecretString: 'canary-1' });
});
