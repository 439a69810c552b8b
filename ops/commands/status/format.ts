import type { Terminal } from '../../terminal/terminal';
import { duration, relativeTime, timeText, wrap } from '../../terminal/text';
import { worstFirst } from '../judgement';
import { countVerdicts, paintVerdict } from '../verdicts';
import type { ConnectionStatus } from './status';

/** Of all connections those that need attention, and how many there are. */
export function formatAttention(
  { connections, total }: { readonly connections: readonly ConnectionStatus[]; total: number },
  terminal: Terminal,
  nowMs: number,
): string[] {
  if (total === 0) return formatStatuses([], terminal, nowMs);
  const all = total === 1 ? 'The one connection' : `All ${total} connections`;
  if (connections.length === 0) return [`${all} ${total === 1 ? 'is' : 'are'} ok.`];
  const broken = connections.filter(({ verdict }) => verdict === 'broken').length;
  return [
    ...formatStatuses(connections, terminal, nowMs),
    '',
    `${connections.length} of ${total} need attention; ${broken} of them broken.`,
  ];
}

/** More than that would not fit into one screen. */
const mostRows = 30;
/** Of more connections than that: as many of those that are not ok, and of their reasons. */
const firstFew = 10;

/** All connections; of many the worst, and how many there are of each verdict. */
export function formatAll(
  statuses: readonly ConnectionStatus[],
  terminal: Terminal,
  nowMs: number,
): string[] {
  if (statuses.length <= mostRows) return formatStatuses(statuses, terminal, nowMs);
  const worst = worstFirst(statuses).filter(({ verdict }) => verdict !== 'ok');
  const counts = countVerdicts(statuses);
  if (worst.length === 0) return [counts, ...spaced(terminal, unknownOf(statuses))];
  const more = worst.length - firstFew;
  return [
    counts,
    '',
    ...formatStatuses(worst.slice(0, firstFew), terminal, nowMs),
    ...(more > 0 ? spaced(terminal, [`${more} more need attention: see --attention.`]) : []),
  ];
}

/** A table, the worst first, then what is to be done, then what could not be read. */
function formatStatuses(
  unsorted: readonly ConnectionStatus[],
  terminal: Terminal,
  nowMs: number,
): string[] {
  if (unsorted.length === 0) return ['There is no connection in this Region.'];
  const statuses = worstFirst(unsorted);
  const head = ['connection', 'verdict', 'fresh until', 'rotated', 'refresh token'];
  const rows = statuses.map((status) => [
    status.name,
    paintVerdict(status.verdict, terminal),
    freshUntil(status, nowMs),
    ago(status.issuedAt, nowMs),
    refreshToken(status),
    presence(status.escrow),
    presence(status.stagedSecret),
    status.schedule,
  ]);
  return [
    ...terminal.table([...head, 'escrow', 'staged', 'schedule'], rows),
    ...spaced(
      terminal,
      statuses.flatMap((status) => status.reasons.map((reason) => `${status.name}: ${reason}`)),
    ),
    ...spaced(terminal, unknownOf(statuses)),
  ];
}

const mostNames = 3;

/** What could not be read, once for all that it is the same of. */
function unknownOf(statuses: readonly ConnectionStatus[]): string[] {
  const namesOf = new Map<string, string[]>();
  for (const { name, unknown } of statuses) {
    for (const { what, why } of unknown) {
      const text = `${labels[what]} unknown. ${why}`;
      const names = namesOf.get(text);
      if (names) names.push(name);
      else namesOf.set(text, [name]);
    }
  }
  return [...namesOf].map(([text, names]) => {
    const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
    return `${names.slice(0, mostNames).join(', ')}${more}: ${text}`;
  });
}

const keyWidth = 15;

/** One connection, a line for each thing. */
export function formatStatus(
  status: ConnectionStatus,
  terminal: Terminal,
  nowMs: number,
): string[] {
  const { lastError } = status;
  const lines: [string, string][] = [
    ['connection', status.name],
    ['verdict', paintVerdict(status.verdict, terminal)],
    ['fresh until', withRelative(status.expiresAt, nowMs)],
    ['last rotation', withRelative(status.issuedAt, nowMs)],
    ['refresh token', refreshToken(status)],
    ['escrow', presence(status.escrow)],
    ['staged secret', presence(status.stagedSecret)],
    ['schedule', status.schedule],
    [
      'last error',
      lastError ? `${withRelative(lastError.at, nowMs)}: ${lastError.code}` : noError(status),
    ],
  ];
  const message = wrap(lastError?.message ?? '', terminal.width - keyWidth);
  return [
    ...lines.map(([key, value]) => `${key}:`.padEnd(keyWidth) + value),
    ...(lastError ? message.map((part) => ' '.repeat(keyWidth) + part) : []),
    ...spaced(
      terminal,
      status.reasons.map((reason) => `- ${reason}`),
    ),
    ...spaced(
      terminal,
      status.unknown.map(({ what, why }) => `${labels[what]} unknown. ${why}`),
    ),
  ];
}

const labels = {
  token: 'token',
  parameters: 'parameters',
  schedule: 'schedule',
  lastError: 'last error',
} as const;

/** A token lives an hour: while it is valid, the date goes without saying. */
function freshUntil({ expiresAt }: ConnectionStatus, nowMs: number): string {
  if (expiresAt === null) return '-';
  const leftMs = Date.parse(expiresAt) - nowMs;
  return leftMs > 0 ? `${expiresAt.slice(11, 16)}Z, ${duration(leftMs)}` : 'expired';
}

const ago = (time: string | null, nowMs: number) =>
  time === null ? '-' : relativeTime(Date.parse(time), nowMs);

const withRelative = (time: string | null, nowMs: number) =>
  time === null ? '-' : timeText(Date.parse(time), nowMs);

function refreshToken({ refreshTokenAgeDays, refreshTokenDaysLeft }: ConnectionStatus): string {
  if (refreshTokenAgeDays === null || refreshTokenDaysLeft === null) return '-';
  return `${Math.floor(refreshTokenAgeDays)} d, ${Math.floor(refreshTokenDaysLeft)} left`;
}

function presence(isThere: boolean | null): string {
  if (isThere === null) return 'unknown';
  return isThere ? 'yes' : 'no';
}

function noError({ unknown, isFleet }: ConnectionStatus): string {
  if (unknown.some(({ what }) => what === 'lastError')) return 'unknown';
  return isFleet ? 'none in the last hour' : 'none in the last 24 hours';
}

/** A paragraph of its own, in which what goes on from line to line is indented. */
function spaced(terminal: Terminal, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const wrapped = lines.flatMap((line) =>
    wrap(line, terminal.width - 2).map((part, at) => (at === 0 ? part : `  ${part}`)),
  );
  return ['', ...wrapped];
}
