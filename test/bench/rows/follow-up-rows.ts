import { setTimeout as sleep } from 'node:timers/promises';
import { readHealth } from '../../support/servers/read-health.ts';
import { startRedis } from '../../support/servers/start-redis.ts';
import { startServerProcess, type ServerProcess } from '../servers/start-server-process.ts';
import { askGateway } from '../ask-gateway.ts';
import { calm } from '../calm.ts';
import { startDirectCli, type DirectCli } from '../servers/direct-cli.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { mediansInTurns } from '../medians-in-turns.ts';
import { copierRows } from './copier-rows.ts';
import type { Row } from './row.ts';
import { withResources } from '../with-resources.ts';

const system = { role: 'system', content: 'You are a test.' };
/** Conversations of one history would share one process. */
const openings = { byHand: 'Hello, by hand', byId: 'Hello, by id', byHistory: 'Hello, by history' };
const followUp = { role: 'user', content: 'And now?' };

/** Time to the first token of follow-ups whose process waits for them, against the CLI spoken to by hand, and a server that only copies its lines. */
export async function followUpRows(samples: number): Promise<Row[]> {
  return withResources(async (keep) => {
    const redis = await startRedis();
    keep({ close: () => redis.kill() });
    const server = keep(await startServerProcess());
    const overRedis = keep(await startServerProcess({ 'storage.driver': 'redis', 'storage.url': redis.url }));
    const cli = keep(startDirectCli(server.mock.url));
    const copier = keep(await startScriptedServer('cli-copier', { settings: { api: server.mock.url } }));
    const measures = {
      direct: await byHand(cli),
      copied: await copied(copier),
      byId: await byId(server),
      byHistory: await byHistory(server),
      byIdOverRedis: await byId(overRedis),
    };
    // What the first of its kind costs does not count.
    for (const measure of Object.values(measures)) await measure();
    const { direct, copied: least, ...gateway } = await mediansInTurns(samples, measures, () => sleep(50));
    await expectLive(server, 2);
    await expectLive(overRedis, 1);
    return [
      toRow('by conversation id, live process', gateway.byId, direct),
      toRow('by resent history, live process', gateway.byHistory, direct),
      toRow('by conversation id, live process, Redis', gateway.byIdOverRedis, direct),
      ...copierRows('follow-up by conversation id, live process', { gateway: gateway.byId, least, direct }),
    ];
  });
}

function toRow(kind: string, gateway: number, direct: number): Row {
  return {
    measure: `first token, follow-up ${kind}`,
    value: `${gateway.toFixed(1)} ms`,
    against: `CLI by hand: ${direct.toFixed(1)} ms`,
    result: gateway / direct,
    unit: 'x',
    target: { atMost: 1.12 },
  };
}

async function byHand(cli: DirectCli): Promise<() => Promise<number>> {
  await cli.begin(system.content);
  await cli.ask(openings.byHand);
  return () => cli.ask(followUp.content);
}

async function copied(server: { readonly url: string }): Promise<() => Promise<number>> {
  await askGateway(server.url, [system, { role: 'user', content: openings.byHand }]);
  return async () => (await askGateway(server.url, [followUp])).firstTokenMs;
}

async function byId(server: ServerProcess): Promise<() => Promise<number>> {
  await calm(server);
  const { conversationId } = await askGateway(server.url, [system, { role: 'user', content: openings.byId }]);
  await calm(server);
  return async () => (await askGateway(server.url, [followUp], { conversationId })).firstTokenMs;
}

async function byHistory(server: ServerProcess): Promise<() => Promise<number>> {
  await calm(server);
  const messages: object[] = [system, { role: 'user', content: openings.byHistory }];
  messages.push({ role: 'assistant', content: (await askGateway(server.url, messages)).answer });
  await calm(server);
  return async () => {
    messages.push(followUp);
    const { answer, firstTokenMs } = await askGateway(server.url, messages);
    messages.push({ role: 'assistant', content: answer });
    return firstTokenMs;
  };
}

/** A follow-up that had not found its process would have left one more. */
async function expectLive(server: ServerProcess, count: number): Promise<void> {
  const { processes } = await readHealth(server.url);
  if (processes.live !== count) throw new Error(`${processes.live} processes wait for follow-ups, not ${count}.`);
}
