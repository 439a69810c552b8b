import { AwsError } from '../awsError';
import type { HttpRequest } from '../protocols/protocol';

const minuteMs = 60_000;

const basic = (epochMs: number) => new Date(epochMs).toISOString().replace(/[-:]|\.\d{3}/g, '');

/**
 * Refuses what was signed by a clock that is further off than so much; the signature itself is not
 * looked at. Source: IAM user guide, "Troubleshoot Signature Version 4 signing for AWS API requests".
 *
 * @throws AwsError `InvalidSignatureException`
 */
export function checkSignatureAge(
  { headers }: HttpRequest,
  nowMs: number,
  toleranceMs: number,
): void {
  const signedAt = String(headers['x-amz-date']);
  const iso = signedAt.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5');
  const aheadMs = Date.parse(iso) - nowMs;
  if (!(Math.abs(aheadMs) > toleranceMs)) return;
  const minutes = `${toleranceMs / minuteMs} min.`;
  throw new AwsError(
    'InvalidSignatureException',
    aheadMs < 0
      ? `Signature expired: ${signedAt} is now earlier than ${basic(nowMs - toleranceMs)} (${basic(nowMs)} - ${minutes})`
      : `Signature not yet current: ${signedAt} is still later than ${basic(nowMs + toleranceMs)} (${basic(nowMs)} + ${minutes})`,
  );
}
