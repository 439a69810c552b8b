const alarming = ['--bad', '--warn', '--bad-ground', '--warn-ground'];
const coloured = ['color', 'backgroundColor', 'borderTopColor', 'stroke', 'fill'] as const;

/** What is to be seen in a colour that means trouble. */
export function alarmingParts(): string[] {
  const probe = document.body.appendChild(document.createElement('i'));
  const colours = alarming.map((name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  });
  probe.remove();
  return [...document.querySelectorAll('body *')].flatMap((element) => {
    const isSeen = element.checkVisibility() && !element.closest('clipPath, [clip-path]');
    const found = ['', '::before', '::after'].flatMap((pseudo) => {
      const style = getComputedStyle(element, pseudo);
      return coloured.filter((property) => colours.includes(style[property]));
    });
    return isSeen && found.length > 0 ? [`${element.className}: ${found}`] : [];
  });
}

/** Lists, tables and figures with nothing in them. */
export function emptyParts(): string[] {
  return [...document.querySelectorAll('ul, ol, dl, tbody, figure, section')].flatMap((part) =>
    part.checkVisibility() && part.textContent?.trim() === '' ? [part.className] : [],
  );
}
