import { toCount, toMs, toSpan, toUsd } from './format.js';
import { machinesOf, mcpServersOf, nameOr } from './problems.js';

const noTokens = { input: 0, cache_read: 0, cache_write: 0, output: 0, reasoning: 0 };
const own = (record, name, otherwise) => (Object.hasOwn(record, name) ? record[name] : otherwise);
const tokenCells = (tokens) => [tokens.input, tokens.cache_read, tokens.cache_write, tokens.output, tokens.reasoning].map(toCount);
const tokenColumns = ['Input', 'Cache read', 'Cache write', 'Output', 'Reasoning'];
const most = (record) => Object.entries(record).toSorted(([, one], [, other]) => other - one);
const statusKind = (status) => (status >= 500 ? 'bad' : status >= 400 ? 'warn' : '');
const share = (part, whole) => ({ share: whole === 0 ? 0 : part / whole });

/** By name: title, columns, and the rows: a name, how well it is, and its cells, which are text, a share of the whole, or what ends a request. */
export const tableKinds = {
  running: {
    title: 'Running now',
    place: 'now-tables',
    // What ends it is to be seen on a phone too, which shows the first two.
    columns: ['Request', 'End it', 'For', 'Key', 'Model', 'Route'],
    none: 'Claude is asked for nothing now',
    rows: (_, { now }) =>
      now.requests.map(({ id, request_id: name, route, key, model, profile, running_ms: ms }) => ({
        name,
        cells: [{ cancel: id, of: name }, toMs(ms), nameOr(key, 'without a key'), [profile, model].filter(Boolean).join(': '), route],
      })),
  },
  limits: {
    title: 'Limits of keys now',
    place: 'now-tables',
    columns: ['Key', 'Limit', 'Most', 'Used', 'Left', 'Full again in'],
    none: '',
    isLeftOut: ({ now }) => now.limits.length === 0,
    rows: (_, { now }) =>
      now.limits.map(({ key, name, limit, left, full_in_ms: ms }) => {
        const toAmount = name.startsWith('usd') ? toUsd : toCount;
        return {
          name: key,
          kind: left <= 0 ? 'bad' : left < limit / 10 ? 'warn' : '',
          cells: [
            name.replaceAll('_', ' ').replace('usd', 'dollars'),
            ...[limit, limit - left, Math.max(left, 0)].map(toAmount),
            ms === 0 ? 'full' : toSpan(Math.ceil(ms / 1000)),
          ],
        };
      }),
  },
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
