import { startMockAnthropic, textReply } from '@claude-code-api/mock-anthropic';
import { askGateway } from '../ask-gateway.ts';
import { calm } from '../calm.ts';
import { processTimes } from '../process-times.ts';
import { startScriptedServer } from '../servers/start-scripted-server.ts';
import { turnPace } from '../servers/stream-pace.ts';
import { withResources } from '../with-resources.ts';
import type { Row } from './row.ts';

const { deltas, everyMs } = turnPace;

/**
 * How long the gateway works for a streamed turn, all its threads: beside the CLI whose turn it is, and beside the least that could be done. None
 * where that can't be told.
 */
export async function cpuRows(samples: number): Promise<Row[]> {
  return withResources(async (keep) => {
    const mock = keep(await startMockAnthropic());
    mock.replyWith(() =>
      textReply(
        Array.from({ length: deltas }, (_, index) => ` word${index}`),
        { chunkDelayMs: everyMs },
      ),
    );
    const environment = { ANTHROPIC_API_KEY: 'sk-ant-bench-key', ANTHROPIC_BASE_URL: mock.url };
    const server = keep(await startScriptedServer('live', { environment }));
    await calm(server);
    const { conversationId } = await askGateway(server.url, [{ role: 'user', content: 'Count' }]);
    const ask = (): Promise<unknown> => askGateway(server.url, [{ role: 'user', content: 'Go on' }], { conversationId });
    // What the first ones cost does not count, nor does the start of a process for the next conversation.
    for (let turn = 0; turn < 3; turn += 1) await ask();
    await calm(server);
    const before = await timesUnder(server.pid);
    for (let turn = 0; turn < samples; turn += 1) await ask();
    const after = await timesUnder(server.pid);
    const copied = await workOfCopying(samples);
    if (before === undefined || after === undefined || copied === undefined) return [];
    const [own, cli] = [(after.own - before.own) / samples, (after.children - before.children) / samples];
    return [
      {
        measure: `work of the gateway for a turn of ${deltas} deltas, one each ${everyMs} ms`,
        value: `${own.toFixed(1)} ms`,
        against: `of the CLI itself: ${cli.toFixed(1)} ms`,
        result: (own / cli) * 100,
        unit: '%',
        target: { atMost: 5 },
      },
      {
        measure: 'work of the gateway for such a turn',
        value: `${own.toFixed(1)} ms`,
        against: `of a server that checks and keeps nothing, and only copies the lines: ${copied.toFixed(1)} ms`,
        result: own / copied,
        unit: 'x',
      },
    ];
  });
}

/** In milliseconds a turn. */
async function workOfCopying(samples: number): Promise<number | undefined> {
  return withResources(async (keep) => {
    const { url, pid } = keep(await startScriptedServer('copier'));
    const ask = (): Promise<unknown> => askGateway(url, [{ role: 'user', content: 'Go on' }]);
    for (let turn = 0; turn < 3; turn += 1) await ask();
    const before = await timesUnder(pid);
    for (let turn = 0; turn < samples; turn += 1) await ask();
    const after = await timesUnder(pid);
    return before && after && (after.own - before.own) / samples;
  });
}

interface Times {
  readonly own: number;
  readonly children: number;
}

async function timesUnder(pid: number): Promise<Times | undefined> {
  const all = await processTimes();
  const own = all.find((each) => each.pid === pid)?.cpuMs;
  const children = all.filter(({ parent }) => parent === pid).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return own === undefined ? undefined : { own, children };
}
