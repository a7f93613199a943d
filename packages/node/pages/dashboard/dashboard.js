/* oxlint-disable max-lines */
const refreshMs = 5_000;
const timeoutMs = 10_000;
const plotSeconds = 900;
const rowsAtFirst = 8;
const keyName = 'claude-code-api-key';
const windowName = 'claude-code-api-window';

const statsUrl = new URL('stats', location.href);
// `fetch` refuses an address with a user in it.
statsUrl.username = '';
statsUrl.password = '';

const byId = (id) => document.getElementById(id);
/** Whatever the server says becomes text, never markup. */
const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};
const make = (name, text, attributes = {}) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
};
const draw = (name, attributes, text) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
};

// Numbers as text

const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const nothing = '–';

const toCount = (value) => plain.format(value);
const toShortCount = (value) => (value < 1_000_000 ? plain.format(value) : compact.format(value));
const toShare = (part, whole) => (whole === 0 ? nothing : `${short.format((part / whole) * 100)} %`);
const toClock = (seconds) => clock.format(seconds * 1000);

function toMs(value) {
  if (value === null) return nothing;
  if (value < 999.5) return `${short.format(value)} ms`;
  if (value < 60_000) return `${short.format(value / 1000)} s`;
  return toSpan(value / 1000);
}

function toUsd(value) {
  if (value === 0) return '$0';
  if (value >= 0.1) return `$${value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${value.toLocaleString('en', { maximumSignificantDigits: 2, maximumFractionDigits: 20 })}`;
}

function toBytes(value) {
  if (value < 1e9) return `${plain.format(value / 1e6)} MB`;
  return `${short.format(value / 1e9)} GB`;
}

function toSpan(seconds) {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ];
  const from = parts.findIndex(([amount]) => amount > 0);
  if (from < 0) return '0 s';
  return parts
    .slice(from, from + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

// What is known

const state = {
  stats: undefined,
  readAt: undefined,
  failing: undefined,
  key: readTab(keyName),
  window: readTab(windowName) ?? 'start',
};
let paused = false;
let gated = false;
let timer;
let reading;
let cursorTime;

function readTab(name) {
  try {
    return sessionStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

function writeTab(name, value) {
  try {
    if (value === undefined) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // Without storage it is known until the page is left.
  }
}

// Reading

function planRead(waitMs) {
  clearTimeout(timer);
  if (!paused && !gated && document.visibilityState !== 'hidden') timer = setTimeout(() => void readStats(), waitMs);
}

/** Reads the statistics; a read that still runs is given up, since its key may be another. */
async function readStats() {
  clearTimeout(timer);
  reading?.abort();
  const own = new AbortController();
  reading = own;
  const limit = setTimeout(() => own.abort(), timeoutMs);
  const outcome = await fetchStats(own.signal);
  clearTimeout(limit);
  if (reading !== own) return;
  reading = undefined;
  take(outcome);
}

async function fetchStats(signal) {
  const headers = { accept: 'application/json' };
  if (state.key !== undefined) headers.authorization = `Bearer ${state.key}`;
  let response;
  try {
    response = await fetch(statsUrl, { headers, signal, cache: 'no-store' });
  } catch {
    return { kind: 'unreachable' };
  }
  let body;
  try {
    body = await response.json();
  } catch {
    if (signal.aborted) return { kind: 'unreachable' };
  }
  if (response.ok && body?.object === 'stats') return { kind: 'stats', stats: body };
  const said = body?.error?.message;
  return { kind: 'refused', status: response.status, said: typeof said === 'string' ? said : '' };
}

function take(outcome) {
  if (outcome.kind === 'refused' && (outcome.status === 401 || outcome.status === 403)) {
    showGate(outcome);
    return;
  }
  const now = Date.now() / 1000;
  if (outcome.kind === 'stats') {
    gated = false;
    state.stats = outcome.stats;
    state.readAt = now;
    state.failing = undefined;
  } else state.failing = { since: state.failing?.since ?? now, outcome };
  planRead(refreshMs);
  showState();
  if (outcome.kind === 'stats') show();
}

// The states of the page

function showState() {
  const { failing, readAt } = state;
  byId('gate').hidden = !gated;
  byId('content').hidden = state.stats === undefined;
  byId('forget').hidden = state.key === undefined;
  byId('pause').hidden = gated;
  setText(byId('pause'), paused ? 'Go on' : 'Pause');
  const [kind, text] =
    failing !== undefined
      ? ['bad', 'No answer']
      : paused
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
  const again = paused || gated ? '' : ' It is asked again every 5 seconds.';
  const said = outcome.said ? ` It says: ${outcome.said}` : '';
  const text = ` since ${toClock(since)}.${numbers}${again}${said}`;
  // Said again only when it changes: it is an alert.
  if (trouble.textContent !== what + text) trouble.replaceChildren(make('b', what), text);
}

/** Asks for a key. The numbers go: who may not read them any more does not see the old ones either. */
function showGate({ status, said }) {
  const sent = state.key !== undefined;
  if (status === 401) keepKey(undefined);
  gated = true;
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
  for (const list of [byId('problems'), byId('plots'), byId('tables')]) list.replaceChildren();
  for (const field of document.querySelectorAll('[data-field]')) setText(field, '');
  plots.clear();
  tables.clear();
  showState();
}

function keepKey(key) {
  state.key = key;
  writeTab(keyName, key);
}

// Numbers

const windowOf = (stats) => stats.last_minutes[state.window] ?? stats.since_start;
const highOf = ({ p90, p99 }) => (p90 === null && p99 === null ? 'no values' : `90 % within ${toMs(p90)} · 99 % ${toMs(p99)}`);
const allTokens = (tokens) => tokens.input + tokens.cache_read + tokens.cache_write + tokens.output;
const answeredOf = ({ hit, shared }) => hit + shared;
/** How the memory of processes is counted, PSS or RSS, between two marks; nothing where no process can be. */
const toMemoryKind = (before, now, after = '') =>
  now?.runner === undefined ? '' : `${before}${now.runner.processes.live_memory_kind.toUpperCase()}${after}`;
const circuits = {
  closed: ['', 'processes start as usual'],
  open: ['bad', 'no processes are started'],
  'half-open': ['warn', 'one process is tried'],
};

/** By field: what it says of the statistics and of their chosen window, and, where it is not well, how badly. */
const fields = {
  uptime: (stats) => `running for ${toSpan(stats.uptime_seconds)}, since ${toDay(stats.started_at)}`,
  running: ({ now }) => `${toCount(now.turns.running)} running`,
  queued: ({ now }) => `${toCount(now.turns.queued)} waiting in the queue`,
  processes: ({ now }) => toCount(now.runner?.processes.all ?? 0),
  'process-kinds': ({ now }) => {
    const { idle = 0, starting = 0, live = 0 } = now.runner?.processes ?? {};
    return `${toCount(idle)} idle · ${toCount(starting)} starting · ${toCount(live)} live`;
  },
  memory: ({ now }) => toBytes(now.memory_bytes),
  'memory-parts': ({ now }) =>
    now.runner === undefined
      ? ''
      : `live processes hold ${toBytes(now.runner.processes.live_memory_bytes)} more${toMemoryKind(' (', now, ')')}`,
  'cli-version': ({ now }) => now.runner?.cli_version ?? '',
  circuit: ({ now }) => {
    const [kind, text] = circuits[now.runner?.circuit] ?? ['', ''];
    return { kind, text };
  },
  window: (stats) => {
    const wanted = Number(state.window) * 60;
    if (state.window === 'start') return `since start, ${toSpan(stats.uptime_seconds)} ago`;
    const running = stats.uptime_seconds < wanted ? `; it runs for ${toSpan(stats.uptime_seconds)}` : '';
    return `of the last ${state.window === '1' ? 'minute' : `${state.window} minutes`}${running}`;
  },
  requests: (_, { requests }) => toShortCount(requests.total),
  left: (_, { requests }) => `${toCount(requests.left)} left by their callers`,
  failed: (_, { requests }) => ({ kind: requests.failed > 0 ? 'bad' : '', text: toShortCount(requests.failed) }),
  'failed-share': (_, { requests }) => (requests.total === 0 ? 'no requests' : `${toShare(requests.failed, requests.total)} of all`),
  'first-token': (_, { first_token_ms }) => toMs(first_token_ms.p50),
  'first-token-high': (_, { first_token_ms }) => highOf(first_token_ms),
  duration: (_, { duration_ms }) => toMs(duration_ms.p50),
  'duration-high': (_, { duration_ms }) => highOf(duration_ms),
  tokens: (_, { tokens }) => toShortCount(allTokens(tokens)),
  'token-kinds': (_, { tokens }) =>
    `${toShortCount(tokens.input)} in · ${toShortCount(tokens.cache_read)} cache read · ${toShortCount(tokens.cache_write)} cache write · ${toShortCount(tokens.output)} out`,
  cost: (_, { cost_usd }) => toUsd(cost_usd),
  'cost-each': (_, { cost_usd, requests }) => (requests.total === 0 ? 'no requests' : `${toUsd(cost_usd / requests.total)} a request`),
  cache: (_, { cache }) => toShare(answeredOf(cache), answeredOf(cache) + cache.miss),
  'cache-kinds': (_, { cache }) => `${toCount(answeredOf(cache))} of ${toCount(answeredOf(cache) + cache.miss)} requests that took part`,
  queue: (_, { queue_ms }) => toMs(queue_ms.p50),
  'queue-high': (_, { queue_ms }) => highOf(queue_ms),
};

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const toDay = (seconds) => day.format(seconds * 1000);

function showNumbers(stats) {
  const chosen = windowOf(stats);
  for (const element of document.querySelectorAll('[data-field]')) {
    const said = fields[element.dataset.field](stats, chosen);
    const { kind, text } = typeof said === 'string' ? { kind: '', text: said } : said;
    element.dataset.kind = kind;
    setText(element, text);
  }
  byId('content').classList.toggle('bare', stats.now.runner === undefined);
}

// Problems

const nameOr = (name, other) => (name === '' ? other : name);

function* mcpServersOf(stats) {
  for (const [profile, servers] of Object.entries(stats.now.runner?.mcp_servers ?? {}))
    for (const [server, status] of Object.entries(servers)) yield { profile, server, status, isConnected: status === 'connected' };
}

const machinesOf = (stats) => Object.entries(stats.now.runner?.machines ?? {});

function* problemsOf(stats) {
  const { runner } = stats.now;
  if (runner?.circuit === 'open')
    yield ['bad', 'The circuit is open', 'Too many Claude Code processes failed, and none are started for now. Turns that need one fail.'];
  if (runner?.circuit === 'half-open')
    yield ['warn', 'The circuit is half open', 'After too many failures one Claude Code process is tried.'];
  for (const { profile, server, status, isConnected } of mcpServersOf(stats))
    if (!isConnected)
      yield ['bad', `MCP server ${server} is not connected`, `Profile ${nameOr(profile, 'default')}; its state: ${status}.`];
  for (const [machine, { status }] of machinesOf(stats))
    if (status !== 'ok') yield ['bad', `The machine ${machine} is ${status}`, 'It is given no turns; /health says why.'];
  const failed = stats.last_minutes['5'].cli.processes_failed;
  if (failed > 0)
    yield [
      'warn',
      `${toCount(failed)} Claude Code ${failed === 1 ? 'process' : 'processes'} failed`,
      'In the last 5 minutes; the log says why.',
    ];
}

function showProblems(stats) {
  const items = [...problemsOf(stats)].map(([kind, title, text]) => {
    const item = make('li', undefined, { class: 'notice', 'data-kind': kind });
    item.append(make('b', title), `. ${text}`);
    return item;
  });
  const list = byId('problems');
  list.hidden = items.length === 0;
  list.replaceChildren(...items);
}

// Plots

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
const plotKinds = {
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

/** By the name of its kind: the elements of a plot, and where its points are. */
const plots = new Map();

function addPlot(name, kind) {
  const figure = byId('plot-template').content.firstElementChild.cloneNode(true);
  const title = figure.querySelector('h3');
  title.textContent = kind.title;
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
    svg: figure.querySelector('svg'),
    time: figure.querySelector('figcaption span'),
    empty: figure.querySelector('p'),
    slider: figure.querySelector('input'),
    places: [],
  };
  plot.slider.setAttribute('aria-label', `${kind.title}: time`);
  listenTo(plot);
  byId('plots').append(figure);
  plots.set(name, plot);
  return plot;
}

function listenTo(plot) {
  const { svg, slider } = plot;
  const point = (event) => setCursor(nearestTime(plot, event.clientX - svg.getBoundingClientRect().left));
  svg.addEventListener('pointerdown', point);
  svg.addEventListener('pointermove', point);
  // A finger that is lifted leaves what it pointed at; a tap elsewhere ends it.
  svg.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && setCursor(undefined));
  const slide = () => setCursor(state.stats?.timeline[Number(slider.value)]?.time);
  slider.addEventListener('input', slide);
  slider.addEventListener('focus', slide);
  slider.addEventListener('blur', () => setCursor(undefined));
}

function nearestTime({ places }, x) {
  let nearest;
  for (const place of places) if (nearest === undefined || Math.abs(place.x - x) < Math.abs(nearest.x - x)) nearest = place;
  return nearest?.time;
}

function setCursor(time) {
  if (time === cursorTime) return;
  cursorTime = time;
  for (const plot of plots.values()) showCursor(plot);
}

/** Draws a plot: its axes, and a line for each series, which is broken where there is no value. */
function drawPlot(plot, points) {
  const { svg, kind } = plot;
  const { width, height } = svg.getBoundingClientRect();
  const all = points.flatMap((point) => kind.series.map(([, , read]) => read(point))).filter((value) => value !== null);
  const max = all.reduce((most, value) => Math.max(most, value), 0);
  setText(plot.empty, points.length === 0 ? 'No data yet: the first comes after 10 seconds' : noneOf(kind));
  plot.empty.hidden = max > 0;
  const { step, label } = max > 0 ? kind.scale.axis(max) : { step: 1, label: toCount };
  const top = max > 0 ? Math.ceil(max / step - 1e-9) * step : 1;
  const ticks = max > 0 ? Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step) : [0];
  const longest = Math.max(...ticks.map((tick) => label(tick).length));
  const frame = { left: longest * 6.6 + 8, right: width - 4, top: 6, bottom: height - 20 };
  const end = points.at(-1)?.time ?? 0;
  const start = Math.min(end - plotSeconds, points[0]?.time ?? end);
  const toX = (time) => round(frame.left + ((time - start) / (end - start)) * (frame.right - frame.left));
  const toY = (value) => round(frame.bottom - (value / top) * (frame.bottom - frame.top));
  plot.places = points.map((point) => ({
    time: point.time,
    x: toX(point.time),
    dots: kind.series
      .map(([, tone, read]) => ({ tone, value: read(point) }))
      .map(({ tone, value }) => ({ tone, y: value === null ? null : toY(value) })),
  }));
  plot.frame = frame;
  const timeMarks = points.length === 0 ? [] : drawTimes(start, end, toX, frame);
  const marks = ticks.flatMap((tick) => drawTick(label(tick), toY(tick), frame));
  const lines =
    max > 0
      ? kind.series.flatMap((series, index) => drawSeries(series, index, points, { toX, toY, bottom: frame.bottom })).toReversed()
      : [];
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('aria-label', describe(kind, points, max));
  // The base is drawn over the lines: one that stays at 0 is not to be seen.
  const base = draw('line', { class: 'base', x1: frame.left, x2: frame.right, y1: frame.bottom, y2: frame.bottom });
  svg.replaceChildren(...marks, ...timeMarks, ...lines, base, draw('g', { class: 'cursor' }));
  plot.slider.max = String(Math.max(points.length - 1, 0));
  plot.slider.disabled = points.length === 0;
  if (document.activeElement !== plot.slider) plot.slider.value = plot.slider.max;
  showCursor(plot);
}

const round = (value) => Math.round(value * 10) / 10;

function drawTick(text, y, { left, right }) {
  return [
    draw('line', { class: 'rule', x1: left, x2: right, y1: y, y2: y }),
    draw('text', { x: left - 6, y: y + 4, 'text-anchor': 'end' }, text),
  ];
}

function drawTimes(start, end, toX, { left, right, bottom }) {
  const marks = [];
  const every = 300;
  for (let time = Math.ceil(start / every) * every; time <= end; time += every) {
    const x = toX(time);
    const anchor = x > right - 18 ? 'end' : x < left + 6 ? 'start' : 'middle';
    marks.push(draw('line', { class: 'mark', x1: x, x2: x, y1: bottom, y2: bottom + 4 }));
    marks.push(draw('text', { x: anchor === 'end' ? right : x, y: bottom + 17, 'text-anchor': anchor }, minutes.format(time * 1000)));
  }
  return marks;
}

function drawSeries([name, tone, read], index, points, { toX, toY, bottom }) {
  const runs = [];
  let last;
  for (const point of points) {
    const value = read(point);
    // A step that is missing breaks the line too: nothing is known of that time.
    if (value !== null && last !== undefined && point.time - last < 25) runs.at(-1).push(`${toX(point.time)} ${toY(value)}`);
    else if (value !== null) runs.push([`${toX(point.time)} ${toY(value)}`]);
    last = value === null ? undefined : point.time;
  }
  const line = runs.map((run) => `M${run.join('L')}`).join('');
  const alone = runs.filter((run) => run.length === 1).map(([place]) => `M${place}h0`);
  const drawn = [draw('path', { class: 'curve', 'data-series': name, 'data-tone': tone, d: line })];
  if (alone.length > 0) drawn.push(draw('path', { class: 'dots', 'data-tone': tone, d: alone.join('') }));
  if (index === 0) {
    const areas = runs.map((run) => `M${run.join('L')}L${run.at(-1).split(' ')[0]} ${bottom}L${run[0].split(' ')[0]} ${bottom}Z`);
    drawn.push(draw('path', { class: 'area', 'data-tone': tone, d: areas.join('') }));
  }
  return drawn;
}

const noneOf = ({ things }) => `No ${things} in this time`;

function describe(kind, points, max) {
  const { title, unit, series, scale } = kind;
  const about = `${title}, ${unit}, the last 15 minutes`;
  if (max === 0) return `${about}: ${points.length === 0 ? 'No data yet' : noneOf(kind)}`;
  const parts = series.map(([name, , read]) => {
    const values = points.map(read).filter((value) => value !== null);
    const last = read(points.at(-1));
    const most = values.length === 0 ? nothing : scale.toText(Math.max(...values));
    return `${name} now ${last === null ? 'without a value' : scale.toText(last)}, at most ${most}`;
  });
  return `${about}: ${parts.join('; ')}`;
}

/** Tells the values at the time that is pointed at, on all plots, or else the latest. */
function showCursor(plot) {
  const points = state.stats?.timeline ?? [];
  const found = cursorTime === undefined ? -1 : points.findIndex((point) => point.time === cursorTime);
  const point = points.at(found);
  const told = plot.kind.series.map(([, , read]) => {
    const value = point === undefined ? null : read(point);
    return value === null ? nothing : plot.kind.scale.toText(value);
  });
  for (const [index, element] of plot.values.entries()) setText(element, told[index]);
  setText(plot.time, found < 0 ? plot.kind.unit : `at ${toClock(point.time)}`);
  const spoken = plot.kind.series.map(([name], index) => `${name} ${told[index] === nothing ? 'no value' : told[index]}`).join(', ');
  plot.slider.setAttribute('aria-valuetext', point === undefined ? 'no data yet' : `${toClock(point.time)}: ${spoken}`);
  const group = plot.svg.querySelector('.cursor');
  const place = found < 0 ? undefined : plot.places[found];
  if (group === null) return;
  if (place === undefined) {
    group.replaceChildren();
    return;
  }
  const { x, dots } = place;
  const circles = plot.empty.hidden
    ? dots.filter(({ y }) => y !== null).map(({ tone, y }) => draw('circle', { cx: x, cy: y, r: 3.5, 'data-tone': tone }))
    : [];
  group.replaceChildren(draw('line', { x1: x, x2: x, y1: plot.frame.top, y2: plot.frame.bottom }), ...circles);
}

function showPlots(stats) {
  if (cursorTime !== undefined && !stats.timeline.some((point) => point.time === cursorTime)) cursorTime = undefined;
  for (const [name, kind] of Object.entries(plotKinds)) {
    if (stats.now.runner === undefined && (name === 'processes' || name === 'memory')) continue;
    drawPlot(plots.get(name) ?? addPlot(name, kind), stats.timeline);
  }
}

// Tables

const noTokens = { input: 0, cache_read: 0, cache_write: 0, output: 0, reasoning: 0 };
const own = (record, name, otherwise) => (Object.hasOwn(record, name) ? record[name] : otherwise);
const tokenCells = (tokens) => [tokens.input, tokens.cache_read, tokens.cache_write, tokens.output, tokens.reasoning].map(toCount);
const tokenColumns = ['Input', 'Cache read', 'Cache write', 'Output', 'Reasoning'];
const most = (record) => Object.entries(record).toSorted(([, one], [, other]) => other - one);
const statusKind = (status) => (status >= 500 ? 'bad' : status >= 400 ? 'warn' : '');
const share = (part, whole) => ({ share: whole === 0 ? 0 : part / whole });

/** By name: title, columns, and the rows: a name, how well it is, and its cells, which are text or a share of the whole. */
const tableKinds = {
  models: {
    title: 'Models',
    columns: ['Model', 'Requests', ...tokenColumns],
    none: 'No requests for a model in this time',
    rows: ({ requests, tokens }) =>
      most(Object.fromEntries([...Object.keys(tokens.by_model).map((name) => [name, 0]), ...Object.entries(requests.by_model)])).map(
        ([name, count]) => ({
          name: nameOr(name, 'no model'),
          cells: [toCount(count), ...tokenCells(own(tokens.by_model, name, noTokens))],
        }),
      ),
  },
  keys: {
    title: 'Keys',
    columns: ['Key', 'Requests', 'Cost', ...tokenColumns],
    none: 'No requests in this time',
    rows: ({ requests, tokens, cost_usd_by_key: costs }) =>
      most(
        Object.fromEntries([
          ...[...Object.keys(tokens.by_key), ...Object.keys(costs)].map((name) => [name, 0]),
          ...Object.entries(requests.by_key),
        ]),
      ).map(([name, count]) => ({
        name: nameOr(name, 'without a key'),
        cells: [toCount(count), toUsd(own(costs, name, 0)), ...tokenCells(own(tokens.by_key, name, noTokens))],
      })),
  },
  routes: {
    title: 'Routes',
    size: 'half',
    columns: ['Route', 'Requests', 'Share'],
    none: 'No requests in this time',
    rows: ({ requests }) =>
      most(requests.by_route).map(([name, count]) => ({ name, cells: [toCount(count), share(count, requests.total)] })),
  },
  statuses: {
    title: 'Statuses',
    size: 'half',
    columns: ['Status', 'Requests', 'Share'],
    none: 'No requests in this time',
    rows: ({ requests }) =>
      most(requests.by_status).map(([status, count]) => ({
        name: `${status} ${own(statusNames, status, '')}`.trim(),
        kind: statusKind(Number(status)),
        cells: [toCount(count), share(count, requests.total)],
      })),
  },
  cache: {
    title: 'Response cache',
    columns: ['Outcome', 'Requests', 'Share'],
    size: 'third',
    none: '',
    rows: ({ cache }) => {
      const all = cache.hit + cache.shared + cache.miss + cache.bypass;
      const names = { hit: 'hit', shared: 'shared with an equal request', miss: 'miss', bypass: 'took no part' };
      return Object.entries(names).map(([outcome, name]) => ({ name, cells: [toCount(cache[outcome]), share(cache[outcome], all)] }));
    },
  },
  cli: {
    title: 'Claude Code',
    columns: ['What', 'Times'],
    size: 'third',
    none: '',
    rows: ({ cli }) => [
      { name: 'processes started', cells: [toCount(cli.processes_started)] },
      { name: 'processes failed', kind: cli.processes_failed > 0 ? 'bad' : '', cells: [toCount(cli.processes_failed)] },
      { name: 'turns tried again', kind: cli.turns_retried > 0 ? 'warn' : '', cells: [toCount(cli.turns_retried)] },
      { name: 'uses of tools denied', kind: cli.tools_denied > 0 ? 'warn' : '', cells: [toCount(cli.tools_denied)] },
    ],
  },
  machines: {
    title: 'Machines now',
    columns: ['Machine', 'Turns', 'Places', 'Waiting', 'Idle', 'Live', 'Load', 'State'],
    none: '',
    isLeftOut: (stats) => machinesOf(stats).length === 0,
    rows: (_, stats) =>
      machinesOf(stats).map(([name, { status, running, places, queued, warm, live, load }]) => ({
        name,
        kindOfLast: status === 'ok' ? '' : 'bad',
        cells: [...[running, places, queued, warm, live].map(toCount), load.toFixed(2), status],
      })),
  },
  mcp: {
    title: 'MCP servers now',
    columns: ['Server', 'Profile', 'State'],
    size: 'third',
    none: 'None was used yet',
    rows: (_, stats) =>
      [...mcpServersOf(stats)]
        .toSorted((one, other) => Number(one.isConnected) - Number(other.isConnected))
        .map(({ profile, server, status, isConnected }) => ({
          name: server,
          kindOfLast: isConnected ? '' : 'bad',
          cells: [nameOr(profile, 'default'), status],
        })),
  },
};
const statusNames = {
  200: 'OK',
  400: 'Bad request',
  401: 'No or unknown key',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Busy',
  413: 'Too large',
  415: 'Wrong content type',
  429: 'Too many requests',
  499: 'Left by its caller',
  500: 'Error of the server',
  502: 'Error of Claude Code',
  503: 'Not available',
  504: 'Out of time',
  529: 'Claude is overloaded',
};

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
  byId('tables').append(card);
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
  const visible = table.isWhole ? rows : rows.slice(0, rowsAtFirst);
  if (visible.length > 0) body.replaceChildren(...visible.map(toRow));
  else {
    const row = make('tr');
    row.append(make('td', kind.none, { class: 'none', colspan: String(kind.columns.length) }));
    body.replaceChildren(row);
  }
}

function toRow({ name, kind = '', kindOfLast = kind, cells }) {
  const row = make('tr');
  row.append(make('th', name, { scope: 'row' }));
  for (const [index, cell] of cells.entries()) {
    const isLast = index === cells.length - 1;
    const element = make('td', typeof cell === 'string' ? cell : undefined, {
      'data-kind': isLast ? kindOfLast : kind,
    });
    if (typeof cell !== 'string') element.append(toShareBar(cell.share));
    row.append(element);
  }
  return row;
}

function toShareBar(part) {
  const bar = make('span', undefined, { class: 'share', role: 'img', 'aria-label': toShare(part, 1) });
  const filled = make('i');
  filled.style.width = `${part * 100}%`;
  bar.append(filled);
  return bar;
}

function showTables(stats) {
  for (const [name, kind] of Object.entries(tableKinds))
    if (tables.has(name) || kind.isLeftOut?.(stats) !== true) showTable(tables.get(name) ?? addTable(name, kind), stats);
}

// All of it

function show() {
  const { stats } = state;
  if (stats === undefined) return;
  showProblems(stats);
  showNumbers(stats);
  showPlots(stats);
  showTables(stats);
}

byId('window').addEventListener('change', (event) => {
  state.window = event.target.value;
  writeTab(windowName, state.window);
  show();
});
for (const input of byId('window').querySelectorAll('input')) input.checked = input.value === state.window;

byId('pause').addEventListener('click', () => {
  paused = !paused;
  showState();
  if (paused) clearTimeout(timer);
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
  if (!/^[\x21-\x7e]+$/.test(key)) {
    setText(byId('key-error'), key === '' ? 'Type a key first.' : 'A key has only letters, digits and signs, without spaces.');
    return;
  }
  keepKey(key);
  void readStats();
});

document.addEventListener('visibilitychange', () => planRead(0));
document.addEventListener('keydown', (event) => event.key === 'Escape' && setCursor(undefined));
document.addEventListener('pointerdown', (event) => event.target.closest('.canvas') === null && setCursor(undefined));
new ResizeObserver(() => state.stats !== undefined && showPlots(state.stats)).observe(byId('plots'));
void readStats();
