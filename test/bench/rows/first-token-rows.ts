import { setTimeout as sleep } from 'node:timers/promises';
import { startMockAnthropic } from '@claude-code-api/mock-anthropic';
import { startServerProcess, type ServerProcess } from '../servers/start-server-process.ts';
import { askGateway } from '../ask-gateway.ts';
import { calm } from '../calm.ts';
import { startDirectCli } from '../servers/direct-cli.ts';
import { median } from '../median.ts';
import { spokenReply } from '../spoken-reply.ts';
import type { Row } from './row.ts';

const system = { role: 'system', content: 'You are a test.' };

/** Time to the first token of a new conversation through the gateway, against the CLI spoken to by hand; samples of both taken in turns. */
export async function firstTokenRows(samples: number): Promise<Row[]> {
  const server = await startServerProcess();
  const mock = await startMockAnthropic();
  mock.replyWith(() => spokenReply('Hello', ' wor', 'ld'));
  try {
    const fresh = await newConversations(server, mock.url, samples);
    const ms = (value: number): string => `${value.toFixed(1)} ms`;
    return [
      {
        measure: 'first token, new conversation, warm pool',
        value: ms(fresh.gateway),
        against: `CLI spawned and left waiting: ${ms(fresh.waiting)}`,
        result: fresh.gateway / fresh.waiting,
        unit: 'x',
        target: { atMost: 1.0 },
      },
      {
        measure: 'first token, new conversation, warm pool',
        value: ms(fresh.gateway),
        against: `CLI started cold: ${ms(fresh.cold)}`,
        result: fresh.gateway / fresh.cold,
        unit: 'x',
        target: { atMost: 0.2 },
      },
    ];
  } finally {
    await server.close();
    await mock.close();
  }
}

async function newConversations(
  server: ServerProcess,
  apiUrl: string,
  samples: number,
): Promise<{ gateway: number; waiting: number; cold: number }> {
  const gateway: number[] = [];
  const waiting: number[] = [];
  const cold: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    await calm(server);
    gateway.push((await askGateway(server.url, [system, { role: 'user', content: `Hello ${sample}` }])).firstTokenMs);
    await calm(server);
    cold.push(await timed(apiUrl, 0));
    waiting.push(await timed(apiUrl, 1500));
  }
  return { gateway: median(gateway), waiting: median(waiting), cold: median(cold) };
}

/** Milliseconds to the first token of a process of its own, once it has waited. */
async function timed(apiUrl: string, waitMs: number): Promise<number> {
  const spawned = performance.now();
  const cli = startDirectCli(apiUrl);
  await sleep(waitMs);
  const asked = waitMs === 0 ? spawned : performance.now();
  await cli.begin(system.content);
  const opened = performance.now() - asked;
  const firstTokenMs = opened + (await cli.ask('Hello'));
  await cli.close();
  return firstTokenMs;
}
