import { toElements } from './to-elements.js';

/** A text that grows: what of it stays as it was keeps its elements, and with them what is selected there. */
export function createMarkdownView() {
  const element = document.createElement('div');
  element.className = 'text';
  let shown = [];
  let text = '';
  let isPlanned = false;

  function draw() {
    isPlanned = false;
    const tokens = readMarkdown(text);
    const same = tokens.findIndex(({ raw }, index) => raw !== shown[index]);
    const from = same === -1 ? tokens.length : same;
    while (element.childNodes.length > from) element.lastChild.remove();
    element.append(...tokens.slice(from).flatMap((token) => toElements([token])));
    shown = tokens.map(({ raw }) => raw);
  }

  return {
    element,
    text: () => text,
    /** It is drawn with the next picture of the screen; many deltas at once take no more than one. */
    add(more) {
      text += more;
      if (isPlanned) return;
      isPlanned = true;
      requestAnimationFrame(draw);
    },
    /** Draws what is still to be drawn. */
    end: draw,
  };
}

/** What is nested deeper than can be read is there as it is written. */
function readMarkdown(text) {
  try {
    return globalThis.marked.lexer(text, { gfm: true, breaks: true }).filter(({ type }) => type !== 'space' && type !== 'def');
  } catch {
    return [{ type: 'html', raw: text, text }];
  }
}
