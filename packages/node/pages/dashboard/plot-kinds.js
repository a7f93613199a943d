import { compact, short, toBytes, toCount, toMs, toUsd } from './format.js';
import { toMemoryKind } from './numbers.js';
import { state } from './state.js';

/** The step of an axis: 1, 2 or 5 times a power of ten, so that there are two to four of them. */
function stepFor(max, smallest = 0) {
  const power = 10 ** Math.floor(Math.log10(max / 2));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => max / candidate <= 4);
  return Math.max(step ?? power * 10, smallest);
}

const inUnits = (units) => (max) => {
  const [size, unit] = units.find(([from]) => max >= from) ?? units.at(-1);
  return { step: stepFor(max / size) * size, label: (value) => (value === 0 ? '0' : `${short.format(value / size)} ${unit}`) };
};
const scales = {
  count: { axis: (max) => ({ step: stepFor(max, 1), label: (value) => compact.format(value) }), toText: toCount },
  ms: {
    axis: inUnits([
      [60_000, 'min'],
      [1000, 's'],
      [1, 'ms'],
    ]),
    toText: toMs,
  },
  bytes: {
    axis: inUnits([
      [1e9, 'GB'],
      [1e6, 'MB'],
    ]),
    toText: toBytes,
  },
  usd: { axis: (max) => ({ step: stepFor(max), label: (value) => (value === 0 ? '0' : `$${short.format(value)}`) }), toText: toUsd },
};

const inStep = 'in 10 s';
const atEnd = 'at the end of 10 s';
/** What each plot is called, its unit, what there may be none of, and its series: name, tone, and how a point has it. */
export const plotKinds = {
  requests: {
    title: 'Requests',
    unit: inStep,
    things: 'requests',
    scale: scales.count,
    series: [
      ['all', 'first', (point) => point.requests],
      ['failed', 'bad', (point) => point.failed],
    ],
  },
  'first-token': {
    title: 'First token',
    unit: 'percentiles',
    things: 'turns',
    scale: scales.ms,
    series: [
      ['p50', 'first', (point) => point.first_token_ms.p50],
      ['p90', 'second', (point) => point.first_token_ms.p90],
    ],
  },
  duration: {
    title: 'Duration',
    unit: 'percentiles',
    things: 'requests for a model',
    scale: scales.ms,
    series: [
      ['p50', 'first', (point) => point.duration_ms.p50],
      ['p90', 'second', (point) => point.duration_ms.p90],
    ],
  },
  turns: {
    title: 'Turns',
    unit: atEnd,
    things: 'turns',
    scale: scales.count,
    series: [
      ['running', 'first', (point) => point.running],
      ['queued', 'second', (point) => point.queued],
    ],
  },
  tokens: {
    title: 'Tokens',
    unit: inStep,
    things: 'tokens',
    scale: scales.count,
    series: [
      ['in', 'first', (point) => point.input_tokens],
      ['out', 'second', (point) => point.output_tokens],
    ],
  },
  cost: {
    title: 'Cost',
    unit: inStep,
    things: 'costs',
    scale: scales.usd,
    series: [['US dollars', 'first', (point) => point.cost_usd]],
  },
  processes: {
    title: 'Processes',
    unit: atEnd,
    things: 'processes',
    scale: scales.count,
    series: [['all', 'first', (point) => point.processes]],
  },
  memory: {
    title: 'Memory',
    get unit() {
      return `live processes${toMemoryKind(', ', state.stats?.now)}`;
    },
    things: 'live processes',
    scale: scales.bytes,
    series: [['held', 'first', (point) => point.live_memory_bytes]],
  },
};
