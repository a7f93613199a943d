import { createKey, hashKey } from '@claude-code-api/node';
import { median } from '../median.ts';
import { mediansInTurns } from '../medians-in-turns.ts';
import { sharedClock } from '../servers/shared-clock.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { withResources } from '../with-resources.ts';
import type { Row } from './row.ts';

const warmUpRounds = 50;
const askedAtOnce = 8;

/** What it adds that turns run on another machine, here another process behind loopback: to the first token, and to each piece. */
export async function remoteRows(samples: number): Promise<Row[]> {
  return withResources(async (keep) => {
    const token = createKey();
    const hashes = JSON.stringify([hashKey(token)]);
    const machine = keep(
      await startScriptedServer('machine', { settings: { 'machine.listen': '127.0.0.1:0', 'machine.token_hashes': hashes } }),
    );
    const remoteSettings = { 'claude.runner': 'remote', 'claude.machines': JSON.stringify([machine.url]), 'claude.runner_token': token };
    const remote = keep(await startScriptedServer('remote', { settings: remoteSettings }));
    const local = keep(await startScriptedServer('clocked'));
    // Both have compiled then what they need, as a gateway has that has been at work.
    for (let round = 0; round < warmUpRounds; round += 1)
      await Promise.all([remote, local].flatMap(({ url }) => Array.from({ length: askedAtOnce }, () => ask(url))));
    const pieces = { remote: [] as number[], local: [] as number[] };
    const measure = (name: 'remote' | 'local', url: string) => async (): Promise<number> => {
      const { firstTokenMs, delaysMs } = await ask(url);
      pieces[name].push(...delaysMs);
      return firstTokenMs;
    };
    const first = await mediansInTurns(samples, { remote: measure('remote', remote.url), local: measure('local', local.url) });
    const delay = { remote: median(pieces.remote), local: median(pieces.local) };
    return [
      toRow('first token, scripted runner on another machine (loopback)', first, 2),
      toRow("from the runner's piece of text to the reader's, runner on another machine (loopback), p50", delay, 0.5),
    ];
  });
}

function toRow(measure: string, { remote, local }: { readonly remote: number; readonly local: number }, atMost: number): Row {
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  return {
    measure: `${measure}: added`,
    value: ms(remote),
    against: `in process: ${ms(local)}`,
    result: remote - local,
    unit: 'ms',
    target: { atMost },
  };
}

interface Heard {
  readonly firstTokenMs: number;
  /** From when each piece but the first was given to when it was read. */
  readonly delaysMs: readonly number[];
}

async function ask(url: string): Promise<Heard> {
  const begin = sharedClock();
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sonnet', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
  });
  if (!response.ok || response.body === null) throw new Error(`It answered ${response.status}: ${await response.text()}`);
  const decoder = new TextDecoder();
  const heard: { readonly at: number; readonly given: number }[] = [];
  let rest = '';
  for await (const bytes of response.body) {
    const at = sharedClock();
    const events = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events)
      for (const [, text = ''] of event.matchAll(/"content":"([\d.]+) "/g)) heard.push({ at, given: Number(text) });
  }
  const [first, ...others] = heard;
  if (first === undefined) throw new Error('There is no text in the answer.');
  return { firstTokenMs: first.at - begin, delaysMs: others.map(({ at, given }) => at - given) };
}
