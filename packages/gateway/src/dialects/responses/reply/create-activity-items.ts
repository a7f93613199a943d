import { activityStatus, type TurnEvent } from '../../../turn/turn-event.ts';
import type { ActivityItem, OutputItem } from './output-item.ts';
import type { OutputOptions } from './output.ts';
import type { OutputEvent } from './stream-event.ts';
import { toWebSources, type WebSource } from './web-sources.ts';
import { toMcpCall } from './to-mcp-call.ts';

type ActivityStart = Extract<TurnEvent, { type: 'activity-start' }>;
type TellingOptions = Pick<OutputOptions, 'tellsActivity' | 'tellsSearches' | 'tellsSources'>;
type ActivityEnd = Extract<TurnEvent, { type: 'activity-end' }>;

/** What an agent does, as items that all clients know: a search of the web, or else the call of a server's tool. Several may be open. */
export interface ActivityItems {
  start(event: ActivityStart): OutputEvent[];
  finish(event: ActivityEnd): OutputEvent[];
  /** Ends the items of the activities that are under way: the turn's end has cut them short, so they have failed. */
  end(): OutputEvent[];
  /** What the searches so far have found. */
  readonly sources: () => readonly WebSource[];
}

/** The server that is named for tools that belong to no MCP server. */
const ownServer = 'claude_code';
const mcpName = /^mcp__(.+?)__(.+)$/;
const untold = 'The turn ended before it was done.';

/** @param items Where the items of the output are put, in their order. */
export function createActivityItems(items: (OutputItem | undefined)[], options: TellingOptions): ActivityItems {
  const { tellsActivity, tellsSearches = false, tellsSources = false } = options;
  const sources: WebSource[] = [];
  const open = new Map<string, { readonly event: ActivityStart; readonly index: number }>();

  function finish(id: string, status: 'completed' | 'failed', result: string): OutputEvent[] {
    const begun = open.get(id);
    if (begun === undefined) return [];
    open.delete(id);
    const item = toItem(begun.event, status, result);
    if (item.type === 'web_search_call') {
      const found = status === 'completed' ? toWebSources(result) : [];
      sources.push(...found);
      if (tellsSources) item.action.sources = found.map(({ url }) => ({ type: 'url', url }));
    }
    items[begun.index] = item;
    return [...tellEnd(item, begun.index), { type: 'response.output_item.done', output_index: begun.index, item }];
  }

  return {
    sources: () => sources,
    start(event) {
      if (!tellsActivity && !(tellsSearches && event.name === 'WebSearch')) return [];
      const index = items.length;
      items.push(undefined);
      open.set(event.id, { event, index });
      const item = toItem(event, 'in_progress', '');
      return [{ type: 'response.output_item.added', output_index: index, item }, ...tellStart(item, index)];
    },
    finish: (event) => finish(event.id, activityStatus(event) === 'completed' ? 'completed' : 'failed', event.result),
    end: () => [...open.keys()].flatMap((id) => finish(id, 'failed', untold)),
  };
}

function toItem({ id, name, input }: ActivityStart, status: ActivityItem['status'], result: string): ActivityItem {
  const rest = id.replace(/^toolu_/, '');
  if (name === 'WebSearch') {
    const { query } = input;
    return { id: `ws_${rest}`, type: 'web_search_call', status, action: { type: 'search', query: typeof query === 'string' ? query : '' } };
  }
  const [, server = ownServer, tool = name] = mcpName.exec(name) ?? [];
  return toMcpCall({ id: `mcp_${rest}`, server, tool, json: JSON.stringify(input), request: null }, status, result);
}

function tellStart(item: ActivityItem, outputIndex: number): OutputEvent[] {
  const place = { item_id: item.id, output_index: outputIndex };
  if (item.type === 'web_search_call')
    return [
      { type: 'response.web_search_call.in_progress', ...place },
      { type: 'response.web_search_call.searching', ...place },
    ];
  return [
    { type: 'response.mcp_call.in_progress', ...place },
    { type: 'response.mcp_call_arguments.done', ...place, arguments: item.arguments },
  ];
}

function tellEnd({ id, type, status }: ActivityItem, outputIndex: number): OutputEvent[] {
  const place = { item_id: id, output_index: outputIndex };
  if (type === 'web_search_call') return [{ type: 'response.web_search_call.completed', ...place }];
  return [{ type: status === 'completed' ? 'response.mcp_call.completed' : 'response.mcp_call.failed', ...place }];
}
