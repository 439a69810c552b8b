import { Deduplication, type Original } from './deduplication';
import {
  messageIdOf,
  readReceiptHandle,
  receiptHandleOf,
  type SqsMessage,
  sequenceNumberOf,
} from './message';
import { MessageList } from './messageList';
import type { AttributeTexts, QueueSettings } from './queueAttributes';
import { settingsOf } from './queueAttributes';
import { messageNotInflight, receiptHandleExpired, receiptHandleInvalid } from './sqsErrors';

export type NewMessage = Pick<SqsMessage, 'groupId' | 'deduplicationId' | 'body' | 'senderId'>;

/** Where a message goes that was received too often. */
export type DeadLetterQueue = (arn: string) => FifoQueue | undefined;

/**
 * One FIFO queue: groups in order and one at a time, deduplication, visibility, retention, redrive.
 * Source: "FIFO queue delivery logic", "Using dead-letter queues" (Amazon SQS Developer Guide).
 * AWS keeps the order within a group alone; here the whole queue is in order.
 */
export class FifoQueue {
  readonly settings: QueueSettings;
  purgedAtMs = Number.NEGATIVE_INFINITY;
  readonly #messages = new MessageList();
  readonly #byId = new Map<string, SqsMessage>();
  readonly #groups = new Map<string, Set<SqsMessage>>();
  readonly #sent = new Deduplication();
  #count = 0;

  constructor(
    readonly name: string,
    readonly arn: string,
    readonly attributes: AttributeTexts,
    readonly createdAtMs: number,
  ) {
    this.settings = settingsOf(attributes);
  }

  /** Appends a message, unless one with its deduplication id was sent in the last 5 minutes. */
  send(message: NewMessage, nowMs: number): Original {
    const { deduplicationId, groupId } = message;
    const isScoped = this.settings.deduplicationScope === 'messageGroup';
    const key = isScoped ? `${groupId}\n${deduplicationId}` : deduplicationId;
    const known = this.#sent.find(key, nowMs);
    if (known) return known;
    const { messageId, sequenceNumber } = this.#append(message, nowMs, this.settings.delayMs);
    const original = { messageId, sequenceNumber, sentAtMs: nowMs };
    this.#sent.note(key, original);
    return original;
  }

  /** Takes up to so many of the oldest messages whose group has none in flight. */
  receive(
    most: number,
    visibilityMs: number,
    nowMs: number,
    deadLetterQueue: DeadLetterQueue,
  ): readonly SqsMessage[] {
    this.#expire(nowMs);
    const { redrive } = this.settings;
    const taken: SqsMessage[] = [];
    for (const message of this.#messages) {
      if (taken.length >= most) break;
      if (message.visibleAtMs > nowMs || this.#isBlocked(message.groupId, nowMs)) continue;
      const target =
        redrive && message.receiveCount >= redrive.maxReceiveCount
          ? deadLetterQueue(redrive.deadLetterTargetArn)
          : undefined;
      if (target) {
        this.#remove(message);
        target.take(message, nowMs);
        continue;
      }
      taken.push(message);
    }
    // Only now, so that those of one group can be received together.
    for (const message of taken) {
      message.receiveCount += 1;
      message.firstReceivedAtMs ??= nowMs;
      message.visibleAtMs = nowMs + visibilityMs;
    }
    return taken;
  }

  /**
   * Takes a message over from the queue that it is dead in, with a new age ("Using dead-letter
   * queues", on FIFO queues).
   */
  take(message: SqsMessage, nowMs: number): void {
    const taken = this.#append(message, nowMs, 0);
    taken.firstReceivedAtMs = message.firstReceivedAtMs;
    taken.receiveCount = message.receiveCount;
  }

  /**
   * Deletes what was received by this handle; what is gone already is no failure. Throws
   * `ReceiptHandleIsInvalid`, and `InvalidParameterValue` once the message is visible again.
   */
  delete(receiptHandle: string, nowMs: number): void {
    const message = this.#received(receiptHandle);
    if (!message) return;
    if (message.visibleAtMs <= nowMs) throw receiptHandleExpired(receiptHandle);
    this.#remove(message);
  }

  /** Throws as {@link delete} does, and `MessageNotInflight`. */
  changeVisibility(receiptHandle: string, visibilityMs: number, nowMs: number): void {
    this.#expire(nowMs);
    const message = this.#received(receiptHandle);
    if (!message || message.visibleAtMs <= nowMs) throw messageNotInflight();
    message.visibleAtMs = nowMs + visibilityMs;
  }

  purge(nowMs: number): void {
    this.purgedAtMs = nowMs;
    this.#messages.clear();
    this.#byId.clear();
    this.#groups.clear();
  }

  /** How many messages are visible, in flight, and delayed. */
  counts(nowMs: number): { readonly visible: number; inFlight: number; delayed: number } {
    this.#expire(nowMs);
    const counts = { visible: 0, inFlight: 0, delayed: 0 };
    for (const { visibleAtMs, receiveCount } of this.#messages) {
      if (visibleAtMs <= nowMs) counts.visible += 1;
      else if (receiveCount > 0) counts.inFlight += 1;
      else counts.delayed += 1;
    }
    return counts;
  }

  #append(message: NewMessage, nowMs: number, delayMs: number): SqsMessage {
    this.#count += 1;
    const { groupId, deduplicationId, body, senderId } = message;
    const appended: SqsMessage = {
      messageId: messageIdOf(this.arn, this.#count),
      sequenceNumber: sequenceNumberOf(this.#count),
      groupId,
      deduplicationId,
      body,
      senderId,
      sentAtMs: nowMs,
      visibleAtMs: nowMs + delayMs,
      receiveCount: 0,
      firstReceivedAtMs: undefined,
      previous: undefined,
      next: undefined,
    };
    this.#messages.append(appended);
    this.#byId.set(appended.messageId, appended);
    const group = this.#groups.get(groupId);
    if (group) group.add(appended);
    else this.#groups.set(groupId, new Set([appended]));
    return appended;
  }

  #isBlocked(groupId: string, nowMs: number): boolean {
    for (const { visibleAtMs } of this.#groups.get(groupId) ?? []) {
      if (visibleAtMs > nowMs) return true;
    }
    return false;
  }

  /** What this handle received; undefined if that is gone. */
  #received(receiptHandle: string): SqsMessage | undefined {
    const receipt = readReceiptHandle(receiptHandle);
    if (!receipt) throw receiptHandleInvalid();
    const message = this.#byId.get(receipt.messageId);
    if (message && receiptHandleOf(message) !== receiptHandle) {
      throw receiptHandleExpired(receiptHandle);
    }
    return message;
  }

  /** Also what is in flight: retention counts from when a message was sent. */
  #expire(nowMs: number): void {
    for (const message of this.#messages) {
      if (nowMs < message.sentAtMs + this.settings.retentionMs) return;
      this.#remove(message);
    }
  }

  #remove(message: SqsMessage): void {
    this.#messages.remove(message);
    this.#byId.delete(message.messageId);
    const group = this.#groups.get(message.groupId);
    group?.delete(message);
    if (group?.size === 0) this.#groups.delete(message.groupId);
  }
}
