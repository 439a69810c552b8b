import { tickMs } from '../../lambda/core/limits';
import { AwsError } from '../aws/awsError';
import type { AwsLocal } from '../aws/server';

/** As deployed: a tick every 5 minutes, a rotation about every 20. */
const ticksPerRotation = 4;

/**
 * Runs the endpoint's schedules as a time lapse: a tick for what 5 minutes are when deployed. All
 * clocks stay as they are; what ages by so much with each tick is the stored token set, so that the
 * function finds it due as it would then.
 */
export class Schedules {
  readonly #timer: NodeJS.Timeout;
  readonly #agingMs: number;

  /** @param paceMs from one rotation to the next, about */
  constructor(
    private readonly aws: AwsLocal,
    paceMs: number,
  ) {
    const everyMs = paceMs / ticksPerRotation;
    // Less what passes by itself, except for a little that makes up for the time that a rotation takes.
    this.#agingMs = tickMs - everyMs / 2;
    this.#timer = setInterval(() => this.#tick(), everyMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    for (const { Name, State } of this.aws.scheduler.listSchedules({ MaxResults: 100 }).Schedules) {
      if (State === 'DISABLED') continue;
      const { Target } = this.aws.scheduler.getSchedule({ Name });
      try {
        this.#age(`sfmc/${Target.SqsParameters?.MessageGroupId}`);
        this.aws.fireSchedule(Name);
      } catch (error) {
        // As in AWS: what a schedule cannot deliver is lost, and the next tick comes.
        if (!(error instanceof AwsError)) throw error;
      }
    }
  }

  #age(SecretId: string): void {
    if (this.aws.secretsManager.arnOf(SecretId) === undefined) return;
    this.aws.secretsManager.alterCurrent(SecretId, (text) => {
      const tokenSet = JSON.parse(text);
      const earlier = (time: string) => new Date(Date.parse(time) - this.#agingMs).toISOString();
      if (!Number.isFinite(Date.parse(tokenSet?.expiresAt))) return text;
      const { issuedAt, expiresAt } = tokenSet;
      return JSON.stringify({
        ...tokenSet,
        issuedAt: earlier(issuedAt),
        expiresAt: earlier(expiresAt),
      });
    });
  }
}
