import { startServerProcess, type ServerProcess } from '../servers/start-server-process.ts';
import { askGateway } from '../ask-gateway.ts';
import { calm } from '../calm.ts';
import { mediansInTurns } from '../medians-in-turns.ts';
import { withResources } from '../with-resources.ts';
import type { Row } from './row.ts';

const system = { role: 'system', content: 'You are a test.' };
const lengths = [40, 200] as const;

/** What a history costs that a process takes on, against a new conversation. */
export async function historyRows(samples: number): Promise<Row[]> {
  return withResources(async (keep) => {
    const server = keep(await startServerProcess());
    const measures = { none: () => ask(server, 0), few: () => ask(server, lengths[0]), many: () => ask(server, lengths[1]) };
    const { none, few, many } = await mediansInTurns(samples, measures, () => calm(server));
    return [
      {
        measure: `each earlier exchange in a history of ${lengths[0]} that a process takes on`,
        value: `${((few - none) / lengths[0]).toFixed(2)} ms`,
        against: `first token without any: ${none.toFixed(1)} ms`,
        result: (few - none) / lengths[0],
        unit: 'ms',
        target: { atMost: 2 },
      },
      {
        measure: `added by a history of ${lengths[1]} exchanges that a process takes on`,
        value: `${(many - none).toFixed(0)} ms`,
        against: `for each exchange: ${((many - none) / lengths[1]).toFixed(2)} ms`,
        result: many - none,
        unit: 'ms',
        target: { atMost: 400 },
      },
    ];
  });
}

let asked = 0;

async function ask(server: ServerProcess, exchanges: number): Promise<number> {
  asked += 1;
  const history = Array.from({ length: exchanges }, (_, index) => [
    { role: 'user', content: `Question ${asked}.${index}` },
    { role: 'assistant', content: `Answer ${asked}.${index}` },
  ]).flat();
  const { firstTokenMs } = await askGateway(server.url, [system, ...history, { role: 'user', content: `Last ${asked}` }]);
  const count = server.mock.messages().at(-1)?.body.messages.length;
  if (count !== 2 * exchanges + 1) throw new Error(`The API got ${count} messages.`);
  return firstTokenMs;
}
