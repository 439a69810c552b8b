import { connection } from '../tour/world';
import type { ActionName } from './actions';
import type { RepairRow } from './state';

const mostRepairs = 8;

/** What an operator does by hand, as shown afterwards, with the command that does the same. */
const texts = {
  rotate: {
    what: 'A person asked for a rotation',
    command: `npm run ops -- rotate ${connection} --force`,
  },
  'stage-client-secret': {
    what: 'A person staged a client secret',
    command: `npm run ops -- stage-secret ${connection}`,
  },
  'promote-client-secret': {
    what: 'A person promoted the staged client secret',
    command: `npm run ops -- promote-secret ${connection}`,
  },
  're-seed': {
    what: 'A person logged in and re-seeded',
    command: `npm run ops -- seed ${connection} --replace`,
  },
} as const satisfies Partial<Record<ActionName, { what: string; command: string }>>;

export type RepairName = keyof typeof texts;

interface Repair extends RepairRow {
  readonly control: RepairName;
  /** Of the message that it sent to the queue. */
  readonly messageId: string | undefined;
}

/** What people did by hand, which is not to be taken for healing. */
export class Repairs {
  #repairs: Repair[] = [];
  #noted = 0;

  /** @param messageId of the message to the queue, if it sent one */
  note(control: RepairName, atMs: number, messageId?: string): void {
    this.#noted += 1;
    const repair: Repair = {
      id: this.#noted,
      control,
      ...texts[control],
      atMs,
      invocation: null,
      asksForInvocation: messageId !== undefined,
      messageId,
    };
    this.#repairs = [repair, ...this.#repairs];
  }

  /** Notes what came of a message, if it was one of these. */
  noteInvocation(messageId: string | undefined, invocation: RepairRow['invocation']): void {
    this.#repairs = this.#repairs.map((repair) =>
      messageId !== undefined && repair.messageId === messageId
        ? { ...repair, invocation }
        : repair,
    );
  }

  /**
   * Those that were done since then and could have fixed the thing, newest first.
   *
   * @param healedBy the message that healed: a rotation helps if it asked for that very one
   */
  helpful(
    repairNames: readonly RepairName[],
    sinceMs: number,
    healedBy: string | undefined,
  ): number[] {
    return this.#repairs
      .filter(({ control, atMs }) => repairNames.includes(control) && atMs >= sinceMs)
      .filter(
        ({ control, messageId }) =>
          control !== 'rotate' || (healedBy !== undefined && messageId === healedBy),
      )
      .map(({ id }) => id);
  }

  /** The last few, and those that are asked for. */
  rows(kept: ReadonlySet<number>): RepairRow[] {
    this.#repairs = this.#repairs.filter(({ id }, at) => at < mostRepairs || kept.has(id));
    return this.#repairs.map(({ messageId: _, ...row }) => row);
  }
}
