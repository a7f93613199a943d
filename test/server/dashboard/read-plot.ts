import type { Page } from 'playwright-core';
import type { SeenText } from './read-texts.ts';

/** What of the browser's own types is used there; this code is compiled without them. */
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly width: number;
}
interface PageElement {
  getBoundingClientRect(): Box;
  querySelector(selectors: string): PageCanvas;
  querySelectorAll(selectors: string): Iterable<PageElement>;
}
interface PageCanvas extends PageElement {
  readonly width: number;
  readonly height: number;
  texts?: { text: string; color: string }[];
  getContext(kind: '2d'): { getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8Array } };
}
interface Drawing {
  readonly canvas: PageCanvas;
  readonly fillStyle: string;
}
declare const document: { querySelector(selectors: string): PageElement; readonly documentElement: PageElement };
declare const getComputedStyle: (element: PageElement) => { getPropertyValue(name: string): string; readonly backgroundColor: string };
type Draw<Facts extends readonly unknown[]> = (this: Drawing, ...facts: Facts) => void;
declare const CanvasRenderingContext2D: {
  readonly prototype: { fillText: Draw<[string, ...unknown[]]>; clearRect: Draw<unknown[]> };
};

/** From now on each canvas keeps the texts that were drawn on it since it was cleared. */
export function recordDrawnTexts(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    const { prototype } = CanvasRenderingContext2D;
    const { fillText, clearRect } = prototype;
    prototype.fillText = function (text, ...more) {
      this.canvas.texts?.push({ text, color: this.fillStyle });
      fillText.call(this, text, ...more);
    };
    prototype.clearRect = function (...more) {
      this.canvas.texts = [];
      clearRect.call(this, ...more);
    };
  });
}

/** The texts of a plot's axes, with what they are painted with and on. */
export async function drawnTexts(page: Page, plot: string): Promise<SeenText[]> {
  const { texts, background } = await page.evaluate((name) => {
    const figure = document.querySelector(`[data-plot="${name}"]`);
    return { texts: figure.querySelector('canvas').texts ?? [], background: getComputedStyle(figure).backgroundColor };
  }, plot);
  return texts.map(({ text, color }) => ({ text, color: toRgb(color), background }));
}

/** `#1f5f9e` as `rgb(31, 95, 158)`. */
function toRgb(color: string): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
  return `rgb(${parts.join(', ')})`;
}

/** How far from the top the first line of a plot is, in pixels, at a share of its width; undefined where there is none. */
export function inkOf(page: Page, plot: string, share: number): Promise<number | undefined> {
  return page.evaluate(
    ([name, at]) => {
      const figure = document.querySelector(`[data-plot="${name}"]`);
      const canvas = figure.querySelector('canvas');
      const [whole, over] = [canvas.getBoundingClientRect(), figure.querySelector('.u-over').getBoundingClientRect()];
      const x = Math.round(((over.left - whole.left + at * over.width) * canvas.width) / whole.width);
      const { data } = canvas.getContext('2d').getImageData(x, 0, 1, canvas.height);
      const tone = getComputedStyle(document.documentElement).getPropertyValue('--first').trim();
      const wanted = [1, 3, 5].map((place) => Number.parseInt(tone.slice(place, place + 2), 16));
      for (let y = 0; y < canvas.height; y += 1) {
        const isTone = wanted.every((value, channel) => Math.abs(value - (data[y * 4 + channel] ?? 0)) < 24);
        if (isTone && (data[y * 4 + 3] ?? 0) > 150) return y;
      }
      return undefined;
    },
    [plot, share] as const,
  );
}

/** How many lines and points of a cursor are to be seen in a plot. */
export function cursorOf(page: Page, plot: string): Promise<{ lines: number; points: number }> {
  return page.evaluate((name) => {
    const figure = document.querySelector(`[data-plot="${name}"]`);
    const { left, right } = figure.querySelector('.u-over').getBoundingClientRect();
    const count = (selectors: string): number =>
      [...figure.querySelectorAll(selectors)].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && box.right >= left && box.left <= right;
      }).length;
    return { lines: count('.u-cursor-x'), points: count('.u-cursor-pt') };
  }, plot);
}
