import { clockTime } from './format';

/** A time of day, with its date if a machine or a pointer asks. */
export function Time({ at }: { readonly at: number }) {
  const iso = new Date(at).toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {clockTime(at)}
    </time>
  );
}
