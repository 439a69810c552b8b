import { seededIds } from '../provider/ids';

/** The same ids in every run, with a record of them: what must never be shown. */
export function recordedIds(seed = 1) {
  const ids = seededIds(seed);
  const made: string[] = [];
  const nextId = () => {
    const id = ids();
    made.push(id);
    return id;
  };
  return { nextId, made };
}
