/** All that the Tab key stops at, by its name, in the order of the document. */
export function stops(): string[] {
  return [...document.querySelectorAll('button, a, summary')]
    .filter((element) => element.checkVisibility())
    .map(nameOf);
}

/** The name of what has the focus, and whether one can see that it has it. */
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
  for (const stop of document.querySelectorAll('button, a, summary')) {
    if (nameOf(stop) === '') faults.push(`a ${stop.tagName} has no name`);
  }
  for (const link of document.querySelectorAll('a[href^="#"]')) {
    const href = link.getAttribute('href') ?? '';
    if (!document.getElementById(href.slice(1))) faults.push(`a link leads nowhere: ${href}`);
  }
  return faults;
}

/** The texts and marks of the time line that run into another one, or out of it. */
export function crowdedTexts(): string[] {
  const frame = document.querySelector('.life')?.getBoundingClientRect() ?? new DOMRect();
  const parts = [...document.querySelectorAll('.life > div > svg text, .marks a')];
  const boxes = parts.map((part) => part.getBoundingClientRect());
  return parts.flatMap((part, at) => {
    const box = boxes[at] as DOMRect;
    const isOut = box.left < frame.left - 1 || box.right > frame.right + 1;
    const isOver = boxes.slice(0, at).some((other) => overlap(box, other));
    return isOut || isOver ? [`${isOut ? 'out' : 'over'}: ${nameOf(part)}`] : [];
  });
}

const overlap = (a: DOMRect, b: DOMRect) =>
  a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;

/** By how many pixels the page is wider than its window. */
export function overflow(): number {
  return document.documentElement.scrollWidth - document.documentElement.clientWidth;
}

function nameOf(element: Element): string {
  const read = element.cloneNode(true) as Element;
  for (const hidden of read.querySelectorAll('[aria-hidden="true"]')) hidden.remove();
  return read.textContent?.trim() ?? '';
}
