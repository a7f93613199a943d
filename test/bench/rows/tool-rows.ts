import { setTimeout as sleep } from 'node:timers/promises';
import { startMockAnthropic, toolUseReply, type MockAnthropic } from '@claude-code-api/mock-anthropic';
import { startServerProcess, type ServerProcess } from '../servers/start-server-process.ts';
import { askGateway } from '../ask-gateway.ts';
import { calm } from '../calm.ts';
import { startDirectCli, toolMs } from '../servers/direct-cli.ts';
import { median } from '../median.ts';
import { mediansInTurns } from '../medians-in-turns.ts';
import type { BenchTool } from '../servers/cli-by-hand.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { withResources } from '../with-resources.ts';
import { copierRows } from './copier-rows.ts';
import { spokenReply } from '../spoken-reply.ts';
import type { Row } from './row.ts';

const described = (name: string): BenchTool => ({
  name,
  description: 'Looks something up.',
  parameters: { type: 'object', properties: { what: { type: 'string' } } },
});
const toolNamed = (name: string): object => ({ type: 'function', function: described(name) });
const lookUp = [toolNamed('look_up')];

/** Function calling through the gateway, against the CLI spoken to by hand, a server that only copies its lines, and no tools. */
export async function toolRows(samples: number): Promise<Row[]> {
  const server = await startServerProcess();
  const mock = await startMockAnthropic();
  callWhenAsked(server.mock);
  callWhenAsked(mock);
  try {
    const held = await heldCalls(server, mock.url, samples);
    const added = await addedBy(20, server, samples);
    return [
      {
        measure: 'first token after a tool result, process held',
        value: `${held.gateway.toFixed(1)} ms`,
        against: `CLI by hand: ${held.direct.toFixed(1)} ms`,
        result: held.gateway / held.direct,
        unit: 'x',
        target: { atMost: 1.15 },
      },
      ...copierRows('after a tool result, process held', held),
      {
        measure: 'added by 20 tools in a request',
        value: `${added.toFixed(1)} ms`,
        against: 'none',
        result: added,
        unit: 'ms',
        target: { atMost: 12 },
      },
    ];
  } finally {
    await server.close();
    await mock.close();
  }
}

/** Answers a message that asks for it with a call, and everything else with text. */
function callWhenAsked(mock: MockAnthropic): void {
  let calls = 0;
  mock.replyWith(({ body }) => {
    if (!JSON.stringify(body.messages.at(-1)).includes('Look it up')) return spokenReply('Here ', 'it is.');
    calls += 1;
    return toolUseReply([{ id: `toolu_bench_${calls}`, name: 'look_up', input: {} }]);
  });
}

/** First tokens after results, each of which comes so long after its call. */
async function heldCalls(server: ServerProcess, apiUrl: string, samples: number): Promise<Record<'gateway' | 'least' | 'direct', number>> {
  return withResources(async (keep) => {
    const copier = keep(await startScriptedServer('cli-copier', { settings: { api: apiUrl } }));
    const cli = keep(startDirectCli(apiUrl));
    await cli.begin('', [described('look_up')]);
    await calm(server);
    return mediansInTurns(samples, { direct: () => cli.callTool('Look it up'), least: callsOf(copier.url), gateway: callsOf(server.url) });
  });
}

/** Asks for a call, and brings its result: each time in the same conversation. */
function callsOf(url: string): () => Promise<number> {
  const messages: object[] = [];
  return async () => {
    messages.push({ role: 'user', content: 'Look it up' });
    const { callId = 'none' } = await askGateway(url, messages, { tools: lookUp });
    messages.push({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: callId, type: 'function', function: { name: 'look_up', arguments: '{}' } }],
    });
    messages.push({ role: 'tool', tool_call_id: callId, content: 'found' });
    // The CLI has asked for it meanwhile.
    await sleep(toolMs);
    const { answer, firstTokenMs } = await askGateway(url, messages, { tools: lookUp });
    messages.push({ role: 'assistant', content: answer });
    return firstTokenMs;
  };
}

async function addedBy(count: number, server: ServerProcess, samples: number): Promise<number> {
  const tools = Array.from({ length: count }, (_, index) => toolNamed(`tool_${index}`));
  const without: number[] = [];
  const withTools: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    await calm(server);
    without.push((await askGateway(server.url, [{ role: 'user', content: `Hello ${sample}` }])).firstTokenMs);
    await calm(server);
    withTools.push((await askGateway(server.url, [{ role: 'user', content: `Hello ${sample}` }], { tools })).firstTokenMs);
  }
  return median(withTools) - median(without);
}
