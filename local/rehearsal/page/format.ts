const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** `51 min 08 s`, `2 h 05 min`, `12 s`; for a length of time that is not negative. */
export function lengthOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(ms / minuteMs);
  const hours = Math.floor(minutes / 60);
  const two = (n: number) => String(n).padStart(2, '0');
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  if (hours > 0) return `${hours} h ${two(minutes % 60)} min`;
  return minutes > 0 ? `${minutes} min ${two(seconds % 60)} s` : `${seconds} s`;
}

/** `08:05:00`, in UTC. */
export function clockTime(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(11, 19);
}

/** `Mon 5 Jan 2026`, in UTC. */
export function date(epochMs: number): string {
  const [weekday = '', day = '', month = '', year = ''] = new Date(epochMs)
    .toUTCString()
    .split(' ');
  return `${weekday.slice(0, 3)} ${Number(day)} ${month} ${year}`;
}

/** `once`, `twice`, `3 times`. */
export function times(count: number): string {
  if (count === 1) return 'once';
  return count === 2 ? 'twice' : `${count} times`;
}

/** `1 day`, `700 days`, and what is shorter than a day as `lengthOf` has it. */
export function roughLength(ms: number): string {
  return ms < dayMs ? lengthOf(ms) : count(Math.floor(ms / dayMs), 'day');
}

/** `1 incident`, `3 incidents`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `08:05`, in UTC. */
export function hourAndMinute(epochMs: number): string {
  return clockTime(epochMs).slice(0, 5);
}

/** `08:05:09`; of another day `5 Jan, 08:05:09`, and of another year with that too. */
export function timeOf(epochMs: number, nowMs: number): string {
  const [, day = '', month = '', year = ''] = date(epochMs).split(' ');
  if (date(epochMs) === date(nowMs)) return clockTime(epochMs);
  const isThisYear = date(nowMs).endsWith(year);
  return `${day} ${month}${isThisYear ? '' : ` ${year}`}, ${clockTime(epochMs)}`;
}
