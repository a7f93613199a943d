import { byId, make } from '../shared/dom.js';
import { toCount } from './format.js';

export const nameOr = (name, other) => (name === '' ? other : name);

export function* mcpServersOf(stats) {
  for (const [profile, servers] of Object.entries(stats.now.runner?.mcp_servers ?? {}))
    for (const [server, status] of Object.entries(servers)) yield { profile, server, status, isConnected: status === 'connected' };
}

export const machinesOf = (stats) => Object.entries(stats.now.runner?.machines ?? {});

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

export function showProblems(stats) {
  const items = [...problemsOf(stats)].map(([kind, title, text]) => {
    const item = make('li', undefined, { class: 'notice', 'data-kind': kind });
    item.append(make('b', title), `. ${text}`);
    return item;
  });
  const list = byId('problems');
  list.hidden = items.length === 0;
  list.replaceChildren(...items);
}
