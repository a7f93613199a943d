import type { Page } from 'playwright-core';

export interface SeenText {
  readonly text: string;
  /** As the browser computes them: `rgb(...)` or `rgba(...)`. */
  readonly color: string;
  /** What the nearest element has that is painted at all. */
  readonly background: string;
}

/** What of the browser's own types is used there; this code is compiled without them. */
interface PageElement {
  readonly parentElement: PageElement | null;
  readonly namespaceURI: string;
  checkVisibility(): boolean;
}
interface PageText {
  readonly textContent: string;
  readonly parentElement: PageElement;
}
declare const document: {
  readonly body: PageElement;
  createTreeWalker(root: PageElement, whatToShow: number): { nextNode(): PageText | null };
};
declare const getComputedStyle: (element: PageElement) => {
  readonly color: string;
  readonly fill: string;
  readonly backgroundColor: string;
};

/** All texts that can be seen on a page, with what they are painted with and on. */
export function readTexts(page: Page): Promise<SeenText[]> {
  return page.evaluate(() => {
    const seen: SeenText[] = [];
    const textNodes = 4;
    const walker = document.createTreeWalker(document.body, textNodes);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (node.textContent.trim() === '' || !parent.checkVisibility()) continue;
      let painted: PageElement | null = parent;
      while (painted !== null && getComputedStyle(painted).backgroundColor === 'rgba(0, 0, 0, 0)') painted = painted.parentElement;
      const background = painted === null ? 'none' : getComputedStyle(painted).backgroundColor;
      const { color, fill } = getComputedStyle(parent);
      seen.push({ text: node.textContent.trim(), color: parent.namespaceURI.endsWith('svg') ? fill : color, background });
    }
    return seen;
  });
}
