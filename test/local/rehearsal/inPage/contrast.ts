/** The least contrast of normal text (WCAG 2.2, success criterion 1.4.3, level AA). */
const leastContrast = 4.5;

/** The same of what is drawn, and needed to understand (success criterion 1.4.11). */
const leastShapeContrast = 3;

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/**
 * The texts on the page that stand out too little from what is behind them, each with its contrast.
 * Source: WCAG 2.2, "contrast ratio" and "relative luminance".
 */
export function faintTexts(): string[] {
  const faint: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? '';
    const element = node.parentElement;
    if (text === '' || element === null || element.closest('noscript')) continue;
    const background = backgroundOf(element);
    const colour = parse(getComputedStyle(element).color);
    const contrast = contrastOf(over(colour, background), background);
    if (contrast < leastContrast)
      faint.push(`${contrast.toFixed(2)} ${element.className}: ${text}`);
  }
  return faint;
}

/** The parts of the time line that stand out too little. */
export function faintShapes(): string[] {
  const shapes = '.mark .shape, .mark .span, polyline, .limit, .now, .person rect, .mark .software';
  return [...document.querySelectorAll(`.life :is(${shapes})`)].flatMap((shape) => {
    const { fill, stroke, strokeWidth } = getComputedStyle(shape);
    const isLine = stroke !== 'none' && Number.parseFloat(strokeWidth) > 0;
    const background = backgroundOf(shape);
    const contrast = contrastOf(over(parse(isLine ? stroke : fill), background), background);
    const isFaint = contrast < leastShapeContrast;
    return isFaint ? [`${contrast.toFixed(2)} ${shape.getAttribute('class')}`] : [];
  });
}

function backgroundOf(element: Element): Colour {
  const layers: Colour[] = [];
  for (let at: Element | null = element; at; at = at.parentElement) {
    layers.push(parse(getComputedStyle(at).backgroundColor));
  }
  return layers.reduceRight<Colour>((below, layer) => over(layer, below), [255, 255, 255, 1]);
}

function parse(css: string): Colour {
  const [red = 0, green = 0, blue = 0, alpha = 1] = css.match(/[\d.]+/g)?.map(Number) ?? [];
  return [red, green, blue, alpha];
}

function over(upper: Colour, lower: Colour): Colour {
  const alpha = upper[3];
  const mixed = ([0, 1, 2] as const).map((at) => upper[at] * alpha + lower[at] * (1 - alpha));
  return [mixed[0] ?? 0, mixed[1] ?? 0, mixed[2] ?? 0, 1];
}

function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = colour.slice(0, 3).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(a: Colour, b: Colour): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}
