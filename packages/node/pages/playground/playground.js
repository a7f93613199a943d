import { byId, make, setText } from '../shared/dom.js';
import { ask, problemOf } from '../shared/server.js';
import { keyName, keyProblem, readTab, writeTab } from '../shared/tab.js';
import { createChat } from './create-chat.js';
import { createPictures } from './pictures.js';
import { createCodeView } from './show-code.js';
import { showHealth } from './show-health.js';
import { createTalkView } from './talk-view.js';

const modelName = 'claude-code-api-model';
const healthMs = 30_000;

let key = readTab(keyName);

const pictures = createPictures({ list: byId('pictures'), tell: (text) => setText(byId('trouble'), text), changed: () => code.show() });
const chat = createChat({ talk: createTalkView(byId('talk')), pictures, keyOf: () => key, changed: showRunning });
const code = createCodeView(() => chat.body());

function showRunning(isRunning) {
  byId('stop').hidden = !isRunning;
  byId('send').hidden = isRunning;
  code.show();
  if (!isRunning) void showHealth(key);
}

async function send() {
  setText(byId('trouble'), '');
  const problem = await chat.send();
  if (problem?.status === 401) refuseKey(problem);
}

// The key, and what it opens

function keepKey(next) {
  key = next;
  writeTab(keyName, next);
}

function refuseKey({ status, message }) {
  if (status === 401) keepKey(undefined);
  showGate(message);
}

function showGate(said = '') {
  byId('gate').hidden = false;
  byId('chat').hidden = true;
  byId('forget').hidden = key === undefined;
  setText(byId('gate-detail'), said === '' ? '' : `The server says: ${said}`);
  byId('key').value = '';
  byId('key').focus();
}

/** Who has no key where one is needed is asked for it before anything else is. */
async function open() {
  const keepsBack = await showHealth(key);
  if (key === undefined && keepsBack) return showGate();
  const { models = [], problem } = await readModels();
  if (problem?.status === 401 || problem?.status === 403) return refuseKey(problem);
  showModels(models);
  byId('gate').hidden = true;
  // Before anything can be asked that would stand in between.
  const unseen = await chat.resume();
  byId('chat').hidden = false;
  byId('forget').hidden = key === undefined;
  setText(byId('trouble'), problem?.message ?? unseen);
  return code.show();
}

/** Without a list there is still the usual model: what is wrong is said, and the rest of the page is there. */
async function readModels() {
  const response = await ask('v1/models', key).catch(() => undefined);
  if (response === undefined) return { problem: new Error('The server can’t be reached.') };
  if (!response.ok) return { problem: await problemOf(response) };
  const { data } = await response.json();
  // Others, for embeddings, have no turns.
  return { models: data.filter(({ owned_by: owner }) => owner === 'anthropic') };
}

function showModels(models) {
  const wanted = readTab(modelName);
  const options = models.map(({ id, display_name: name }) => make('option', name === undefined ? id : `${id} (${name})`, { value: id }));
  byId('model').replaceChildren(...options);
  if (models.some(({ id }) => id === wanted)) byId('model').value = wanted;
}

// What people do

byId('compose').addEventListener('submit', (event) => {
  event.preventDefault();
  void send();
});
byId('settings').addEventListener('submit', (event) => event.preventDefault());
byId('message').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  void send();
});
for (const name of ['message', 'system']) byId(name).addEventListener('input', () => code.show());
for (const name of ['model', 'effort']) byId(name).addEventListener('change', () => code.show());
byId('model').addEventListener('change', () => writeTab(modelName, byId('model').value));
byId('stop').addEventListener('click', () => chat.stop());
byId('new').addEventListener('click', () => {
  chat.forget();
  code.show();
  byId('message').focus();
});
byId('attach').addEventListener('click', () => byId('files').click());
byId('files').addEventListener('change', () => {
  void pictures.add([...byId('files').files]);
  byId('files').value = '';
});
byId('message').addEventListener('paste', (event) => {
  if (event.clipboardData.files.length === 0) return;
  event.preventDefault();
  void pictures.add([...event.clipboardData.files]);
});
for (const [name, isOver] of Object.entries({ dragover: true, dragleave: false, drop: false })) {
  byId('compose').addEventListener(name, (event) => {
    // A text goes where it is dropped, as anywhere.
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    byId('compose').classList.toggle('over', isOver);
    if (name === 'drop') void pictures.add([...event.dataTransfer.files]);
  });
}
byId('gate-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const typed = byId('key').value.trim();
  const problem = keyProblem(typed);
  setText(byId('key-error'), problem);
  if (problem !== '') return;
  keepKey(typed);
  void open();
});
byId('forget').addEventListener('click', () => {
  keepKey(undefined);
  chat.forget();
  byId('message').value = '';
  pictures.take();
  void open();
});
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void showHealth(key));
setInterval(() => document.visibilityState === 'visible' && void showHealth(key), healthMs);
code.show();
void open();
