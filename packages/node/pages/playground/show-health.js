import { byId, setText } from '../shared/dom.js';
import { ask } from '../shared/server.js';

/** Shows whether the server is well, and gives whether it keeps from who asks what it says to others: to those with a key. */
export async function showHealth(key) {
  const health = await ask('health', key)
    .then((response) => response.json())
    .catch(() => ({ status: 'unreachable' }));
  const [kind, text] = states[health.status] ?? ['bad', 'No answer'];
  byId('state').dataset.kind = kind;
  setText(byId('state-text'), typeof health.problem === 'string' ? `${text}: ${health.problem}` : text);
  return health.status !== 'unreachable' && health.turns === undefined;
}

const states = {
  ok: ['live', 'Ready'],
  stopping: ['bad', 'Stopping'],
  unavailable: ['bad', 'Not available'],
  unreachable: ['bad', 'The server can’t be reached'],
};
