import { byId, make, setText } from '../shared/dom.js';
import { toClock } from './format.js';
import { state } from './state.js';

/** Says how the page is: whether it reads, and what came of it. */
export function showState() {
  const { failing, readAt } = state;
  byId('gate').hidden = !state.isGated;
  byId('content').hidden = state.stats === undefined;
  byId('forget').hidden = state.key === undefined;
  byId('pause').hidden = state.isGated;
  setText(byId('pause'), state.isPaused ? 'Go on' : 'Pause');
  const [kind, text] =
    failing !== undefined
      ? ['bad', 'No answer']
      : state.isPaused
        ? ['wait', 'Paused']
        : readAt === undefined
          ? ['wait', 'Loading']
          : ['live', 'Live'];
  byId('state').dataset.kind = kind;
  setText(byId('state-text'), text);
  setText(byId('updated'), readAt === undefined ? '' : `as of ${toClock(readAt)}`);
  showTrouble();
}

function showTrouble() {
  const trouble = byId('trouble');
  trouble.hidden = state.failing === undefined;
  if (state.failing === undefined) return;
  const { since, outcome } = state.failing;
  const what =
    outcome.kind === 'unreachable'
      ? 'The server can’t be reached'
      : outcome.status === 200
        ? 'The server answers with something else than statistics'
        : `The server answers with status ${outcome.status}`;
  const numbers = state.readAt === undefined ? '' : ` The numbers below are those of ${toClock(state.readAt)}.`;
  const again = state.isPaused || state.isGated ? '' : ' It is asked again every 5 seconds.';
  const said = outcome.said ? ` It says: ${outcome.said}` : '';
  const text = ` since ${toClock(since)}.${numbers}${again}${said}`;
  // Said again only when it changes: it is an alert.
  if (trouble.textContent !== what + text) trouble.replaceChildren(make('b', what), text);
}
