import { minutes, toCount } from './format.js';

const stepSeconds = 10;
const plotSeconds = 900;
const markSeconds = 300;
const font = '11.5px system-ui, sans-serif';

/** What a style sheet calls a colour; it is another one in the dark. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** Draws a plot, or draws it anew. It gives what uPlot made of it. */
export function drawPlot({ canvas, kind, drawn }, points, max) {
  const data = toColumns(kind, points);
  const size = { width: canvas.clientWidth, height: canvas.clientHeight };
  const { step, label } = max > 0 ? kind.scale.axis(max) : { step: 1, label: toCount };
  const top = max > 0 ? Math.ceil(max / step - 1e-9) * step : 1;
  const axis = { top, label, ticks: max > 0 ? Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step) : [0] };
  const plot = drawn ?? new globalThis.uPlot(toOptions(kind, size), undefined, canvas);
  // The options ask for it whenever they are drawn.
  plot.axis = axis;
  if (plot.width !== size.width || plot.height !== size.height) plot.setSize(size);
  plot.setData(data);
  return plot;
}

/** Shows where a time is; nothing, when there is none. */
export function moveCursor(plot, time) {
  const left = time === undefined ? -10 : plot.valToPos(time, 'x');
  plot.setCursor({ left, top: time === undefined ? -10 : 0 }, false);
}

/** A column for the times, and one for each series. A step that is missing breaks its line, as nothing is known of that time. */
function toColumns({ series }, points) {
  const whole = points.flatMap((point, index) => {
    const before = points[index - 1];
    return before !== undefined && point.time - before.time > 2.5 * stepSeconds ? [{ time: before.time + stepSeconds }, point] : [point];
  });
  return [
    whole.map(({ time }) => time),
    ...series.toReversed().map(([, , valueOf]) => whole.map((point) => (point.requests === undefined ? null : valueOf(point)))),
  ];
}

function toOptions({ series }, size) {
  return {
    ...size,
    padding: [6, 4, 0, 0],
    legend: { show: false },
    // It is moved by `moveCursor` alone, on all plots at once.
    cursor: {
      y: false,
      drag: { x: false, y: false },
      bind: bindNothing,
      points: { size: 7, width: 2, fill: 'var(--card)', stroke: toneOfPoint(series) },
    },
    scales: {
      x: { time: false, range: (plot) => toRange(plot.data[0]) },
      y: { range: (plot) => [0, plot.axis?.top ?? 1] },
    },
    axes: [toTimeAxis(), toValueAxis()],
    // The first is drawn last, over the others.
    series: [{}, ...series.map(toSeries).toReversed()],
  };
}

const nothingDone = () => null;
const bindNothing = Object.fromEntries(
  ['mousedown', 'mouseup', 'click', 'dblclick', 'mousemove', 'mouseleave', 'mouseenter'].map((name) => [name, nothingDone]),
);

const toneOfPoint = (series) => (_, index) => `var(--${series.at(-index)?.[1] ?? 'text'})`;

function toRange(times = []) {
  const end = times.at(-1) ?? plotSeconds;
  return [Math.min(end - plotSeconds, times[0] ?? end), end];
}

function toTimeAxis() {
  return {
    font,
    stroke: () => colour('quiet'),
    size: 20,
    gap: 2,
    grid: { show: false },
    ticks: { size: 4, width: 1, stroke: () => colour('strong-line') },
    splits: (plot, _, min, max) => {
      const first = Math.ceil(min / markSeconds) * markSeconds;
      const marks = Array.from({ length: Math.floor((max - first) / markSeconds) + 1 }, (_each, index) => first + index * markSeconds);
      return (plot.data[0] ?? []).length === 0 ? [] : marks;
    },
    values: (_, splits) => splits.map((time) => minutes.format(time * 1000)),
  };
}

function toValueAxis() {
  return {
    font,
    stroke: () => colour('quiet'),
    size: (plot) => Math.max(...(plot.axis?.ticks ?? [0]).map((tick) => plot.axis?.label(tick).length ?? 1)) * 6.6 + 8,
    gap: 4,
    grid: { width: 1, stroke: () => colour('line') },
    ticks: { show: false },
    splits: (plot) => plot.axis?.ticks ?? [0],
    values: (plot, splits) => splits.map((tick) => plot.axis.label(tick)),
  };
}

function toSeries([name, tone], index) {
  const stroke = () => colour(tone);
  return {
    label: name,
    width: 1.75,
    cap: 'round',
    stroke,
    ...(index === 0 ? { fill: () => `${colour(tone)}24` } : { dash: [5, 3] }),
    // Only what has no neighbour: no line leads to it.
    points: {
      size: 4.5,
      stroke,
      fill: stroke,
      filter: ({ data }, series) => data[series].flatMap((value, at, all) => (isAlone(value, all[at - 1], all[at + 1]) ? [at] : [])),
    },
  };
}

const isAlone = (value, before, after) => value !== null && (before ?? null) === null && (after ?? null) === null;
