/** Every button by its name, in the order of the document. */
export function buttons(): string[] {
  return [...document.querySelectorAll('button')].map((button) => nameOf(button));
}

/** The name of the button that has the focus, and whether one can see that it has it. */
export function focused(): { readonly name: string; readonly isVisible: boolean } | undefined {
  const element = document.activeElement;
  if (element === null || element === document.body) return undefined;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    name: nameOf(element),
    isVisible: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
  };
}

/** What is wrong with headings, labels and landmarks. */
export function structuralFaults(): string[] {
  const faults: string[] = [];
  const levels = [...document.querySelectorAll('h1, h2, h3')].map(({ tagName }) => tagName[1]);
  if (levels.filter((level) => level === '1').length !== 1) faults.push('not one h1');
  for (const [at, level] of levels.entries()) {
    if (Number(level) > Number(levels[at - 1] ?? 0) + 1)
      faults.push(`a level is left out at ${at}`);
  }
  for (const landmark of ['header', 'main']) {
    if (document.querySelectorAll(landmark).length !== 1) faults.push(`not one ${landmark}`);
  }
  for (const reference of ['aria-labelledby', 'aria-describedby']) {
    for (const element of document.querySelectorAll(`[${reference}]`)) {
      const id = element.getAttribute(reference) ?? '';
      if (!document.getElementById(id)) faults.push(`${reference} names no element: ${id}`);
    }
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) faults.push('an id is given twice');
  for (const button of document.querySelectorAll('button')) {
    if (nameOf(button) === '') faults.push('a button has no name');
  }
  return faults;
}

/** The marks below the token's life that run into the one before them. */
export function crowdedMarks(): string[] {
  const marks = [...document.querySelectorAll('.gauge li')].filter(
    (mark) => mark.getBoundingClientRect().width > 0,
  );
  return marks.flatMap((mark, at) => {
    const before = marks[at - 1]?.getBoundingClientRect().right ?? 0;
    return mark.getBoundingClientRect().left < before ? [nameOf(mark)] : [];
  });
}

/** By how many pixels the page is wider than its window. */
export function overflow(): number {
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}

const nameOf = (element: Element) => element.textContent?.trim() ?? '';
