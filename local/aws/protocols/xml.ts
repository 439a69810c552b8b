const xmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** Elements named as the members, those of lists `member`; undefined members are left out. */
export function toXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((each) => element('member', each)).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, member]) => (member === undefined ? '' : element(name, member)))
      .join('');
  }
  return String(value).replace(/[&<>"]/g, (char) => xmlEntities[char] ?? char);
}

const element = (name: string, value: unknown) => `<${name}>${toXml(value)}</${name}>`;
