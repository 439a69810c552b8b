import { createHash } from 'node:crypto';

/** A message in a FIFO queue. Times are milliseconds since the epoch. */
export interface SqsMessage {
  readonly messageId: string;
  readonly sequenceNumber: string;
  readonly groupId: string;
  readonly deduplicationId: string;
  readonly body: string;
  readonly senderId: string;
  readonly sentAtMs: number;
  /** In flight, or delayed, until then. */
  visibleAtMs: number;
  receiveCount: number;
  firstReceivedAtMs: number | undefined;
  /** Its neighbours in the queue. */
  previous: SqsMessage | undefined;
  next: SqsMessage | undefined;
}

export const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** In the shape of a UUID, and the same for the same message of the same queue. */
export function messageIdOf(queueArn: string, nth: number): string {
  return md5(`${queueArn} ${nth}`).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** "The length of SequenceNumber is 128 bits", growing within a group (API reference). */
export const sequenceNumberOf = (nth: number) => `188${String(nth).padStart(17, '0')}`;

/** Another one for each time that the message is received. */
export const receiptHandleOf = ({ messageId, receiveCount }: SqsMessage) =>
  Buffer.from(`${messageId} ${receiveCount}`).toString('base64url');

/** Undefined for what is no receipt handle. */
export function readReceiptHandle(
  handle: string,
): { readonly messageId: string; readonly receiveCount: number } | undefined {
  const text = Buffer.from(handle, 'base64url').toString();
  const [, messageId, count] = /^([0-9a-f-]{36}) (\d+)$/.exec(text) ?? [];
  if (messageId === undefined) return undefined;
  return { messageId, receiveCount: Number(count) };
}
