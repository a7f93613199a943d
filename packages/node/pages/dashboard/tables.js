import { byId, make, setText } from '../shared/dom.js';
import { toCount, toShare } from './format.js';
import { state, windowOf } from './state.js';
import { tableKinds } from './table-kinds.js';

const rowsAtFirst = 8;

const tables = new Map();

function addTable(name, kind) {
  const card = byId('table-template').content.firstElementChild.cloneNode(true);
  card.dataset.table = name;
  if (kind.size !== undefined) card.dataset.size = kind.size;
  card.querySelector('h3').textContent = kind.title;
  card.querySelector('.scroll').setAttribute('aria-label', kind.title);
  card.querySelector('thead tr').append(...kind.columns.map((column) => make('th', column, { scope: 'col' })));
  const table = { kind, body: card.querySelector('tbody'), more: card.querySelector('.more'), isWhole: false, shown: '' };
  table.more.addEventListener('click', () => {
    table.isWhole = !table.isWhole;
    if (state.stats !== undefined) showTable(table, state.stats);
  });
  byId(kind.place ?? 'tables').append(card);
  tables.set(name, table);
  return table;
}

function showTable(table, stats) {
  const { kind, body, more } = table;
  const rows = kind.rows(windowOf(stats), stats);
  const told = JSON.stringify([rows, table.isWhole]);
  // Rows that stay as they are keep what is selected in them.
  if (told === table.shown) return;
  table.shown = told;
  more.hidden = rows.length <= rowsAtFirst;
  more.setAttribute('aria-expanded', String(table.isWhole));
  setText(more, table.isWhole ? `Show the first ${rowsAtFirst}` : `Show all ${toCount(rows.length)}`);
  const focused = body.contains(document.activeElement) ? document.activeElement.dataset.cancel : undefined;
  const visible = table.isWhole ? rows : rows.slice(0, rowsAtFirst);
  if (visible.length > 0) body.replaceChildren(...visible.map(toRow));
  else {
    const row = make('tr');
    row.append(make('td', kind.none, { class: 'none', colspan: String(kind.columns.length) }));
    body.replaceChildren(row);
  }
  if (focused === undefined) return;
  // Who goes from button to button does so in the new rows too.
  const same = [...body.querySelectorAll('[data-cancel]')].find(({ dataset }) => dataset.cancel === focused);
  (same ?? body.closest('.scroll')).focus();
}

function toRow({ name, kind = '', kindOfLast = kind, cells }) {
  const row = make('tr');
  row.append(make('th', name, { scope: 'row' }));
  for (const [index, cell] of cells.entries()) {
    const isLast = index === cells.length - 1;
    const element = make('td', typeof cell === 'string' ? cell : undefined, {
      'data-kind': isLast ? kindOfLast : kind,
    });
    if (typeof cell !== 'string') element.append(cell.cancel === undefined ? toShareBar(cell.share) : toCancelButton(cell));
    row.append(element);
  }
  return row;
}

function toCancelButton({ cancel, of }) {
  return make('button', 'Cancel', { type: 'button', 'data-cancel': cancel, 'aria-label': `Cancel ${of}` });
}

function toShareBar(part) {
  const bar = make('span', undefined, { class: 'share', role: 'img', 'aria-label': toShare(part, 1) });
  const filled = make('i');
  filled.style.width = `${part * 100}%`;
  bar.append(filled);
  return bar;
}

export function showTables(stats) {
  for (const [name, kind] of Object.entries(tableKinds))
    if (tables.has(name) || kind.isLeftOut?.(stats) !== true) showTable(tables.get(name) ?? addTable(name, kind), stats);
}

export function clearTables() {
  for (const place of ['now-tables', 'tables']) byId(place).replaceChildren();
  tables.clear();
}
