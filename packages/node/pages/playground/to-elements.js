/**
 * Markdown as elements, of a fixed list: no text of Claude's ever becomes markup, no picture is fetched, and no link leads anywhere but to web
 * pages and mail. HTML in it is shown as it is written.
 */
export function toElements(tokens) {
  return tokens.map(toElement).filter((element) => element !== undefined);
}

function toElement(token) {
  switch (token.type) {
    case 'space':
    case 'def':
      return undefined;
    case 'heading':
      // The page has two levels of its own above these.
      return within(`h${Math.min(Math.max(token.depth, 2) + 1, 6)}`, token.tokens);
    case 'code':
      return toCode(token);
    case 'list':
      return toList(token);
    case 'table':
      return toTable(token);
    case 'hr':
      return document.createElement('hr');
    case 'br':
      return document.createElement('br');
    case 'link':
      return toLink(token.href, toElements(token.tokens));
    case 'image':
      return toLink(token.href, [token.text || 'picture']);
    case 'codespan':
      return within('code', undefined, token.text);
    case 'checkbox':
      return document.createTextNode(token.checked ? '☑ ' : '☐ ');
    case 'html':
      return document.createTextNode(token.text);
    default:
      return elementNames[token.type] === undefined ? toText(token) : within(elementNames[token.type], token.tokens);
  }
}

const elementNames = { paragraph: 'p', blockquote: 'blockquote', strong: 'strong', em: 'em', del: 'del' };

function within(name, tokens, text = '') {
  const element = document.createElement(name);
  element.append(...(tokens === undefined ? [text] : toElements(tokens)));
  return element;
}

function toText(token) {
  if (token.tokens !== undefined) return within('span', token.tokens);
  return document.createTextNode(token.type === 'escape' ? token.text : unescaped(token.text ?? token.raw));
}

/** Of the names that Markdown knows for characters, those that people write. */
const characters = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };
const unescaped = (text) => text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_, name) => characters[name]);

function toCode({ text, lang }) {
  const block = document.createElement('pre');
  // What is wider than the screen is scrolled to by keys as well.
  block.tabIndex = 0;
  if (lang) block.dataset.language = lang;
  block.append(within('code', undefined, text));
  return block;
}

function toList({ ordered, start, items }) {
  const list = document.createElement(ordered ? 'ol' : 'ul');
  if (ordered && Number.isInteger(start) && start !== 1) list.start = start;
  list.append(...items.map(({ tokens }) => within('li', tokens)));
  return list;
}

function toTable({ header, rows }) {
  const table = document.createElement('table');
  const toRow = (name, cells) => {
    const row = document.createElement('tr');
    row.append(...cells.map(({ tokens }) => within(name, tokens)));
    return row;
  };
  const head = document.createElement('thead');
  const body = document.createElement('tbody');
  head.append(toRow('th', header));
  body.append(...rows.map((cells) => toRow('td', cells)));
  table.append(head, body);
  const scroll = document.createElement('div');
  scroll.className = 'scroll';
  scroll.tabIndex = 0;
  scroll.append(table);
  return scroll;
}

function toLink(href, children) {
  const isWeb = /^(https?:\/\/|mailto:)/i.test(href);
  const element = document.createElement(isWeb ? 'a' : 'span');
  if (isWeb) {
    element.href = href;
    element.target = '_blank';
    element.rel = 'noopener noreferrer';
  }
  element.append(...children);
  return element;
}
