import { setTimeout as sleep } from 'node:timers/promises';
import { toolUseReply } from '@claude-code-api/mock-anthropic';
import { startRedis } from '../../support/servers/start-redis.ts';
import { startServerProcess, type ServerProcess } from '../servers/start-server-process.ts';
import { calm } from '../calm.ts';
import { threads, toolThreads, type Thread } from '../dialect-threads.ts';
import { mediansInTurns } from '../medians-in-turns.ts';
import { withResources } from '../with-resources.ts';
import { spokenReply } from '../spoken-reply.ts';
import type { Row } from './row.ts';

/** What of another dialect is held against which of chat's. */
const pairs = [
  { name: 'Responses, previous_response_id', way: 'responsesById', chat: 'chatById' },
  { name: 'Responses, whole input', way: 'responsesByInput', chat: 'chatByHistory' },
  { name: 'Messages', way: 'messagesByHistory', chat: 'chatByHistory' },
] as const;
const ways = ['chatById', 'chatByHistory', 'responsesById', 'responsesByInput', 'messagesByHistory'] as const;
type Way = (typeof ways)[number];

/** Times to the first token in the other dialects, against the same in chat completions; all taken in turns. */
export async function dialectRows(samples: number): Promise<Row[]> {
  return withResources(async (keep) => {
    const redis = await startRedis();
    keep({ close: () => redis.kill() });
    const settings = { 'storage.driver': 'redis', 'storage.url': redis.url };
    // Of each way that is compared one waits for its follow-up.
    const server = keep(await startServerProcess({ ...settings, 'claude.max_live_processes': String(ways.length) }));
    // None waits there that could know a conversation.
    const other = keep(await startServerProcess({ ...settings, 'claude.max_live_processes': '0' }));
    return [
      ...(await newConversations(server, samples)),
      ...(await followUps(server, samples)),
      ...(await onAnotherServer(server, other, samples)),
      ...(await toolResults(server, samples)),
    ];
  });
}

async function newConversations(server: ServerProcess, samples: number): Promise<Row[]> {
  let count = 0;
  const first = (way: Way) => (): Promise<number> => threads[way]().say(server.url, `Hello ${(count += 1)}`);
  const measures = { chat: first('chatByHistory'), responses: first('responsesByInput'), messages: first('messagesByHistory') };
  const times = await mediansInTurns(samples, measures, () => calm(server));
  return [
    toRow('first token, new conversation, Responses', times.responses, times.chat),
    toRow('first token, new conversation, Messages', times.messages, times.chat),
  ];
}

async function followUps(server: ServerProcess, samples: number): Promise<Row[]> {
  const begun = {} as Record<Way, () => Promise<number>>;
  for (const way of ways) {
    const thread = threads[way]();
    await calm(server);
    await thread.say(server.url, `Hello, ${way}`);
    begun[way] = () => thread.say(server.url, 'And now?');
    // What the first of its kind costs does not count.
    await begun[way]();
  }
  const times = await mediansInTurns(samples, begun, () => sleep(50));
  return pairs.map(({ name, way, chat }) => toRow(`first token, follow-up, live process, ${name}`, times[way], times[chat]));
}

async function onAnotherServer(server: ServerProcess, other: ServerProcess, samples: number): Promise<Row[]> {
  let count = 0;
  /** Conversations that are held on the one server, and of which the other has heard nothing. */
  const begun = new Map<Way, Thread>();
  const measures = {} as Record<Way, () => Promise<number>>;
  for (const way of ways)
    measures[way] = async () => {
      const thread = begun.get(way);
      begun.delete(way);
      return thread?.say(other.url, 'And now?') ?? Number.NaN;
    };

  async function converse(): Promise<void> {
    for (const way of ways) {
      if (begun.has(way)) continue;
      const thread = threads[way]();
      count += 1;
      for (const text of ['One', 'Two', 'Three']) await thread.say(server.url, `${text}, ${count}`);
      begun.set(way, thread);
    }
    await calm(server);
    await calm(other);
  }

  const times = await mediansInTurns(samples, measures, converse);
  return pairs.map(({ name, way, chat }) => toRow(`first token, follow-up on another server, ${name}`, times[way], times[chat]));
}

async function toolResults(server: ServerProcess, samples: number): Promise<Row[]> {
  let calls = 0;
  server.mock.replyWith(({ body }) => {
    if (!JSON.stringify(body.messages.at(-1)).includes('Look it up')) return spokenReply('Here ', 'it is.');
    calls += 1;
    return toolUseReply([{ id: `toolu_bench_${calls}`, name: 'look_up', input: {} }]);
  });
  const begun = { chat: toolThreads.chat(), messages: toolThreads.messages() };
  const measures = {
    chat: () => begun.chat.say(server.url, 'Look it up'),
    messages: () => begun.messages.say(server.url, 'Look it up, in Messages'),
  };
  for (const measure of Object.values(measures)) await measure();
  const times = await mediansInTurns(samples, measures, () => sleep(50));
  return [toRow('first token after a tool result, process held, Messages', times.messages, times.chat)];
}

function toRow(measure: string, milliseconds: number, chat: number): Row {
  return {
    measure,
    value: `${milliseconds.toFixed(1)} ms`,
    against: `chat completions: ${chat.toFixed(1)} ms`,
    result: milliseconds / chat,
    unit: 'x',
    target: { atMost: 1.05 },
  };
}
