/** A memory is emptied once it holds so many: one history asks again and again, the next one begins with others. */
const mostRemembered = 4_096;

/** A function of a text without side effects, which is carried out once for each text. */
export function remember<T>(carryOut: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= mostRemembered) known.clear();
    const result = carryOut(text);
    known.set(text, result);
    return result;
  };
}
