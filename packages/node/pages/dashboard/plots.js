import { byId, make, setText } from '../shared/dom.js';
import { nothing, toClock } from './format.js';
import { drawPlot, moveCursor } from './draw-plot.js';
import { plotKinds } from './plot-kinds.js';
import { showPlotTable } from './plot-table.js';
import { state } from './state.js';

/** By the name of its kind: the elements of a plot. */
const plots = new Map();
/** The time that is pointed at, on all of them. */
let cursorTime;

const timeline = () => state.stats?.timeline ?? [];

function addPlot(name, kind) {
  const figure = byId('plot-template').content.firstElementChild.cloneNode(true);
  figure.querySelector('h3').textContent = kind.title;
  figure.dataset.plot = name;
  const legend = figure.querySelector('dl');
  const values = kind.series.map(([label, tone]) => {
    const entry = make('div', undefined, { 'data-tone': tone });
    const value = make('dd');
    entry.append(make('dt', label), value);
    legend.append(entry);
    return value;
  });
  const plot = {
    kind,
    values,
    figure,
    canvas: figure.querySelector('.canvas'),
    time: figure.querySelector('figcaption span'),
    empty: figure.querySelector('p'),
    slider: figure.querySelector('input'),
    details: figure.querySelector('details'),
    drawn: undefined,
  };
  plot.slider.setAttribute('aria-label', `${kind.title}: time`);
  figure.querySelector('.scroll').setAttribute('aria-label', `${kind.title}: values`);
  plot.details.addEventListener('toggle', () => showPlotTable(plot, timeline()));
  listenTo(plot);
  byId('plots').append(figure);
  plots.set(name, plot);
  return plot;
}

function listenTo(plot) {
  const { canvas, slider } = plot;
  const point = (event) => setCursor(nearestTime(plot, event.clientX));
  canvas.addEventListener('pointerdown', point);
  canvas.addEventListener('pointermove', point);
  // A finger that is lifted leaves what it pointed at; a tap elsewhere ends it.
  canvas.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && setCursor(undefined));
  const slide = () => setCursor(timeline()[Number(slider.value)]?.time);
  slider.addEventListener('input', slide);
  slider.addEventListener('focus', slide);
  slider.addEventListener('blur', () => setCursor(undefined));
}

function nearestTime({ drawn }, clientX) {
  if (drawn === undefined) return undefined;
  const pointed = drawn.posToVal(clientX - drawn.over.getBoundingClientRect().left, 'x');
  let nearest;
  for (const { time } of timeline()) if (nearest === undefined || Math.abs(time - pointed) < Math.abs(nearest - pointed)) nearest = time;
  return nearest;
}

export function setCursor(time) {
  if (time === cursorTime) return;
  cursorTime = time;
  for (const plot of plots.values()) showCursor(plot);
}

const noneOf = ({ things }) => `No ${things} in this time`;

function describePlot(kind, points, max) {
  const about = `${kind.title}, ${kind.unit}, the last 15 minutes`;
  if (max === 0) return `${about}: ${points.length === 0 ? 'No data yet' : noneOf(kind)}`;
  const parts = kind.series.map(([name, , valueOf]) => {
    const values = points.map(valueOf).filter((value) => value !== null);
    const last = valueOf(points.at(-1));
    const highest = values.length === 0 ? nothing : kind.scale.toText(Math.max(...values));
    return `${name} now ${last === null ? 'without a value' : kind.scale.toText(last)}, at most ${highest}`;
  });
  return `${about}: ${parts.join('; ')}`;
}

/** Tells the values at the time that is pointed at, or else the latest. */
function showCursor(plot) {
  const { kind, drawn } = plot;
  const points = timeline();
  const found = cursorTime === undefined ? undefined : points.find((point) => point.time === cursorTime);
  const point = found ?? points.at(-1);
  const told = kind.series.map(([, , valueOf]) => {
    const value = point === undefined ? null : valueOf(point);
    return value === null ? nothing : kind.scale.toText(value);
  });
  for (const [index, element] of plot.values.entries()) setText(element, told[index]);
  setText(plot.time, found === undefined ? kind.unit : `at ${toClock(found.time)}`);
  const spoken = kind.series.map(([name], index) => `${name} ${told[index] === nothing ? 'no value' : told[index]}`).join(', ');
  plot.slider.setAttribute('aria-valuetext', point === undefined ? 'no data yet' : `${toClock(point.time)}: ${spoken}`);
  if (drawn !== undefined) moveCursor(drawn, found?.time);
}

function showPlot(plot, points) {
  const { kind, slider } = plot;
  const all = points.flatMap((point) => kind.series.map(([, , valueOf]) => valueOf(point))).filter((value) => value !== null);
  const max = all.reduce((highest, value) => Math.max(highest, value), 0);
  setText(plot.empty, points.length === 0 ? 'No data yet: the first comes after 10 seconds' : noneOf(kind));
  plot.empty.hidden = max > 0;
  plot.drawn = drawPlot(plot, points, max);
  plot.canvas.setAttribute('aria-label', describePlot(kind, points, max));
  slider.max = String(Math.max(points.length - 1, 0));
  slider.disabled = points.length === 0;
  if (document.activeElement !== slider) slider.value = slider.max;
  showPlotTable(plot, points);
  showCursor(plot);
}

export function showPlots(stats) {
  if (cursorTime !== undefined && !stats.timeline.some((point) => point.time === cursorTime)) cursorTime = undefined;
  for (const [name, kind] of Object.entries(plotKinds)) {
    if (stats.now.runner === undefined && (name === 'processes' || name === 'memory')) continue;
    showPlot(plots.get(name) ?? addPlot(name, kind), stats.timeline);
  }
}

export function clearPlots() {
  for (const { drawn } of plots.values()) drawn?.destroy();
  plots.clear();
  byId('plots').replaceChildren();
}
