import { byId, setText } from '../shared/dom.js';
import { ask } from '../shared/server.js';
import { keyName, keyProblem, writeTab } from '../shared/tab.js';
import { fetchStats } from './fetch-stats.js';
import { showNumbers } from './numbers.js';
import { clearPlots, setCursor, showPlots } from './plots.js';
import { showProblems } from './problems.js';
import { showState } from './show-state.js';
import { state, windowName } from './state.js';
import { clearTables, showTables } from './tables.js';

const refreshMs = 5_000;
const timeoutMs = 10_000;

let timer;
let reading;

// Reading

function planRead(waitMs) {
  clearTimeout(timer);
  if (!state.isPaused && !state.isGated && document.visibilityState !== 'hidden') timer = setTimeout(() => void readStats(), waitMs);
}

/** Reads the statistics; a read that still runs is given up, since its key may be another. */
async function readStats() {
  clearTimeout(timer);
  reading?.abort();
  const own = new AbortController();
  reading = own;
  const limit = setTimeout(() => own.abort(), timeoutMs);
  const outcome = await fetchStats(state.key, own.signal);
  clearTimeout(limit);
  if (reading !== own) return;
  reading = undefined;
  take(outcome);
}

function take(outcome) {
  if (outcome.kind === 'refused' && (outcome.status === 401 || outcome.status === 403)) {
    showGate(outcome);
    return;
  }
  const now = Date.now() / 1000;
  if (outcome.kind === 'stats') {
    state.isGated = false;
    state.stats = outcome.stats;
    state.readAt = now;
    state.failing = undefined;
  } else state.failing = { since: state.failing?.since ?? now, outcome };
  planRead(refreshMs);
  showState();
  if (outcome.kind === 'stats') show();
}

function show() {
  const { stats } = state;
  if (stats === undefined) return;
  showProblems(stats);
  showNumbers(stats);
  showPlots(stats);
  showTables(stats);
}

// The key

/** Asks for a key. The numbers go: who may not read them any more does not see the old ones either. */
function showGate({ status, said }) {
  const sent = state.key !== undefined;
  if (status === 401) keepKey(undefined);
  state.isGated = true;
  clear();
  const titles =
    status === 401 ? ['A key, please', 'This key is not known'] : ['The statistics are not open', 'This key may not read the statistics'];
  const texts = [
    'The server shows its statistics to those who have a key.',
    'They tell of all callers: it takes a key that may read them.',
  ];
  setText(byId('state-text'), status === 401 ? 'Key needed' : 'Not allowed');
  setText(byId('gate-title'), titles[sent ? 1 : 0]);
  setText(byId('gate-text'), texts[status === 401 ? 0 : 1]);
  setText(byId('gate-detail'), said === '' ? '' : `The server says: ${said}`);
  setText(byId('key-error'), '');
  byId('key').value = '';
  byId('key').focus();
}

function clear() {
  state.stats = undefined;
  state.readAt = undefined;
  state.failing = undefined;
  byId('problems').replaceChildren();
  for (const field of document.querySelectorAll('[data-field]')) setText(field, '');
  clearPlots();
  clearTables();
  showState();
}

function keepKey(key) {
  state.key = key;
  writeTab(keyName, key);
}

// What people do

byId('window').addEventListener('change', (event) => {
  state.window = event.target.value;
  writeTab(windowName, state.window);
  show();
});
for (const input of byId('window').querySelectorAll('input')) input.checked = input.value === state.window;

byId('now-tables').addEventListener('click', (event) => {
  const { cancel } = event.target.dataset;
  if (cancel !== undefined) void cancelRequest(event.target, cancel);
});

/** What has ended meanwhile is gone from the list all the same; who may not do it is asked for another key. */
async function cancelRequest(button, id) {
  // One that is disabled loses the focus.
  if (button.ariaDisabled === 'true') return;
  button.ariaDisabled = 'true';
  const response = await ask(`requests/${encodeURIComponent(id)}`, state.key, { method: 'DELETE' }).catch(() => undefined);
  setText(byId('told'), response?.ok === true ? 'The request is cancelled.' : 'The request was not cancelled.');
  void readStats();
}

byId('pause').addEventListener('click', () => {
  state.isPaused = !state.isPaused;
  showState();
  if (state.isPaused) clearTimeout(timer);
  else void readStats();
});

byId('forget').addEventListener('click', () => {
  keepKey(undefined);
  clear();
  void readStats();
});

byId('gate-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const key = byId('key').value.trim();
  const problem = keyProblem(key);
  setText(byId('key-error'), problem);
  if (problem !== '') return;
  keepKey(key);
  void readStats();
});

document.addEventListener('visibilitychange', () => planRead(0));
document.addEventListener('keydown', (event) => event.key === 'Escape' && setCursor(undefined));
document.addEventListener('pointerdown', (event) => event.target.closest('.canvas') === null && setCursor(undefined));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
new ResizeObserver(() => state.stats !== undefined && showPlots(state.stats)).observe(byId('plots'));
void readStats();
