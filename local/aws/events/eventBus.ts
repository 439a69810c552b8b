import { createHash } from 'node:crypto';
import { accountId } from '../account';
import { check, type Input, list, required, sensitive, string, structure } from '../shapes';

const shapes = {
  PutEvents: {
    Entries: required(
      list(
        structure({
          EventBusName: string(1, 1600),
          Source: string(0, 256),
          DetailType: string(0, 128),
          Detail: sensitive(string(0, 256 * 1024)),
        }),
        1,
        10,
      ),
    ),
  },
};

type Entry = Input<(typeof shapes)['PutEvents']>['Entries'][number];

/** An event that was put on the default bus. */
export interface PutEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

const defaultBus = 'default';

/** Of a bus, named by its name or its ARN. */
export function eventBusArn(name: string, region: string): string {
  return name.startsWith('arn:') ? name : `arn:aws:events:${region}:${accountId}:event-bus/${name}`;
}

/** The buses that the entries of a request are for. */
export function eventBusesIn(entries: unknown): readonly string[] {
  const named = [entries].flat().map((entry) => {
    const { EventBusName } = Object(entry) as { readonly EventBusName?: unknown };
    return typeof EventBusName === 'string' ? EventBusName : defaultBus;
  });
  return [...new Set(named)];
}

/**
 * Amazon EventBridge's default bus, without rules: it keeps what is put. Source: EventBridge API
 * reference, PutEvents. No record was found of the messages: worded after the API reference.
 */
export class EventBusModel {
  readonly #put: PutEvent[] = [];

  /** `now` gives milliseconds since the epoch. */
  constructor(private readonly now: () => number) {}

  /** Oldest first. */
  get put(): readonly PutEvent[] {
    return this.#put;
  }

  putEvents(input: Input<(typeof shapes)['PutEvents']>) {
    check(shapes.PutEvents, input);
    const Entries = input.Entries.map((entry) => {
      const refused = refusalOf(entry);
      if (refused) return refused;
      const { Source = '', DetailType = '', Detail = '' } = entry;
      this.#put.push({
        source: Source,
        detailType: DetailType,
        detail: JSON.parse(Detail),
        atMs: this.now(),
      });
      return { EventId: eventIdOf(this.#put.length) };
    });
    const FailedEntryCount = Entries.filter((entry) => 'ErrorCode' in entry).length;
    return { FailedEntryCount, Entries };
  }
}

function refusalOf(entry: Entry): { readonly ErrorCode: string; ErrorMessage: string } | undefined {
  const refused = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  const missing = (['Source', 'DetailType', 'Detail'] as const).find((member) => !entry[member]);
  if (missing) {
    const reason = `${missing} is a required argument.`;
    return refused('InvalidArgument', `Parameter ${missing} is not valid. Reason: ${reason}`);
  }
  if (entry.Source?.startsWith('aws.')) {
    return refused('NotAuthorizedForSource', 'Not authorized for the source.');
  }
  if (!isObject(entry.Detail ?? '')) return refused('MalformedDetail', 'Detail is malformed.');
  const bus = entry.EventBusName ?? defaultBus;
  if (bus !== defaultBus && !bus.endsWith(`:event-bus/${defaultBus}`)) {
    return refused('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
  }
  return undefined;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** In the shape of a UUID, and the same for the same event of an endpoint. */
function eventIdOf(nth: number): string {
  const digest = createHash('md5').update(`event ${nth}`).digest('hex');
  return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
