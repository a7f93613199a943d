import type { MockAnthropic } from '@claude-code-api/mock-anthropic';
import { startRedis } from '../../support/servers/start-redis.ts';
import { startServerProcess, type ServerProcess } from '../servers/start-server-process.ts';
import { askGateway } from '../ask-gateway.ts';
import { calm } from '../calm.ts';
import { startDirectCli } from '../servers/direct-cli.ts';
import { median } from '../median.ts';
import type { Row } from './row.ts';
import { withResources } from '../with-resources.ts';

const system = { role: 'system', content: 'You are a test.' };
const followUp = { role: 'user', content: 'And now?' };
const exchanges = 3;

/** Time to the first token of follow-ups on a server that has not seen their conversation, which another keeps in Redis. */
export async function otherServerRows(samples: number): Promise<Row[]> {
  return withResources(async (keep) => {
    const redis = await startRedis();
    keep({ close: () => redis.kill() });
    const settings = { 'storage.driver': 'redis', 'storage.url': redis.url };
    const first = keep(await startServerProcess({ ...settings, 'claude.max_live_processes': '1' }));
    // None waits there that could know the conversation.
    const other = keep(await startServerProcess({ ...settings, 'claude.max_live_processes': '0' }));
    const times = { byId: [] as number[], byHistory: [] as number[], direct: [] as number[] };
    for (let sample = 0; sample < samples; sample += 1) {
      const measured = await measure(first, other, sample);
      times.byId.push(measured.byId);
      times.byHistory.push(measured.byHistory);
      times.direct.push(measured.direct);
    }
    const direct = median(times.direct);
    return [toRow('by conversation id', median(times.byId), direct), toRow('by resent history', median(times.byHistory), direct)];
  });
}

function toRow(kind: string, gateway: number, direct: number): Row {
  return {
    measure: `first token, follow-up ${kind} on another server, Redis, ${exchanges} exchanges before`,
    value: `${gateway.toFixed(1)} ms`,
    against: `CLI left waiting, given the history by hand: ${direct.toFixed(1)} ms`,
    result: gateway / direct,
    unit: 'x',
    target: { atMost: 1.2 },
  };
}

async function measure(
  first: ServerProcess,
  other: ServerProcess,
  sample: number,
): Promise<Record<'byId' | 'byHistory' | 'direct', number>> {
  return withResources(async (keep) => {
    // It has long been waiting when it is asked.
    const cli = keep(startDirectCli(other.mock.url));
    const named = await converse(first, `named ${sample}`);
    const brought = await converse(first, `brought ${sample}`);
    const settle = async (): Promise<void> => {
      await calm(first);
      await calm(other);
    };
    const measures = {
      byId: async () => (await askGateway(other.url, [followUp], { conversationId: named.id })).firstTokenMs,
      byHistory: async () => (await askGateway(other.url, [...brought.messages, followUp])).firstTokenMs,
      direct: async () => {
        const begin = performance.now();
        await cli.begin(system.content);
        await cli.append(named.exchanges);
        return performance.now() - begin + (await cli.ask(followUp.content));
      },
    };
    const times = { byId: 0, byHistory: 0, direct: 0 };
    const names = Object.keys(measures) as (keyof typeof measures)[];
    for (let turn = 0; turn < names.length; turn += 1) {
      const name = names[(sample + turn) % names.length]!;
      await settle();
      times[name] = await measures[name]();
      expectHistory(other.mock);
    }
    return times;
  });
}

interface Conversed {
  readonly id: string | undefined;
  readonly messages: readonly object[];
  readonly exchanges: readonly (readonly [question: string, answer: string])[];
}

/** A conversation of some exchanges, its history resent each time. */
async function converse(server: ServerProcess, name: string): Promise<Conversed> {
  await calm(server);
  const messages: object[] = [system];
  const said: [string, string][] = [];
  let id: string | undefined;
  for (let exchange = 0; exchange < exchanges; exchange += 1) {
    const question = `Question ${exchange}, ${name}`;
    messages.push({ role: 'user', content: question });
    const { answer, conversationId } = await askGateway(server.url, messages);
    messages.push({ role: 'assistant', content: answer });
    said.push([question, answer]);
    id = conversationId;
  }
  return { id, messages, exchanges: said };
}

/** The last that the API was asked came with the whole history. */
function expectHistory(mock: MockAnthropic): void {
  const count = mock.messages().at(-1)?.body.messages.length;
  if (count !== 2 * exchanges + 1) throw new Error(`The API got ${count} messages.`);
}
