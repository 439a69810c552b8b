/** What a line may take without being broken by a narrow terminal, or in a ticket. */
export const lineWidth = 100;

/** Lines of whole words. One that is longer than a line, such as an ARN, is left whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}
