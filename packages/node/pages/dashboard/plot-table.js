import { make } from '../shared/dom.js';
import { nothing, toClock } from './format.js';

/** The values of a plot as a table, the latest first, for those who read them better so; made while it is open only. */
export function showPlotTable({ kind, details }, points) {
  const table = details.querySelector('table');
  if (!details.open) {
    table.replaceChildren();
    return;
  }
  const head = make('thead');
  head.append(toLine('th', ['Time', ...kind.series.map(([name]) => name)], 'col'));
  const body = make('tbody');
  for (const point of points.toReversed()) {
    const values = kind.series.map(([, , valueOf]) => valueOf(point));
    body.append(
      toLine('td', [toClock(point.time), ...values.map((value) => (value === null ? nothing : kind.scale.toText(value)))], 'row'),
    );
  }
  table.replaceChildren(head, body);
}

function toLine(name, [first, ...others], scope) {
  const line = make('tr');
  line.append(make('th', first, { scope }), ...others.map((text) => make(name, text, name === 'th' ? { scope } : {})));
  return line;
}
