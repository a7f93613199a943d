import { setTimeout as wait } from 'node:timers/promises';
import { readStream, type ReadStream } from '../support/chat/read-stream.ts';
import type { Witness } from './create-witness.ts';

export interface FleetCaller {
  /** Asks the next question of the conversation until it is answered; what fails is asked again, of any gateway. */
  ask(): Promise<void>;
  readonly counts: { answered: number; failed: number };
}

interface Told {
  readonly role: 'assistant';
  readonly content: string | null;
  readonly tool_calls?: readonly { readonly id: string }[];
}

const patienceMs = 90_000;
const look = { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } } };

/** Someone who talks in one conversation: by its id, or by bringing all that was said; every third question has a tool called. */
export function createFleetCaller(index: number, urls: () => readonly string[], witness: Witness): FleetCaller {
  const name = `c${index}`;
  const byId = index % 2 === 0;
  const counts = { answered: 0, failed: 0 };
  const history: object[] = [];
  let id: string | undefined;
  let turn = 0;

  /** @param said All of the exchange so far. */
  async function post(said: readonly object[], news: readonly object[]): Promise<Told> {
    const all = urls();
    const url = all[Math.floor(Math.random() * all.length)];
    const stream = turn % 2 === 1;
    const messages = id === undefined ? [...history, ...said] : news;
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', tools: [look], messages, stream, ...(id !== undefined && { conversation_id: id }) }),
      signal: AbortSignal.timeout(40_000),
    });
    // What was kept is not what this caller knows of: an answer that it has not seen may be there. It brings all that it knows, then.
    if (response.status === 400 && id !== undefined) id = undefined;
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    const conversation = response.headers.get('x-conversation-id') ?? undefined;
    const told = stream
      ? toTold(await readStream(response))
      : ((await response.json()) as { choices: [{ message: Told }] }).choices[0].message;
    if (byId) id = conversation;
    return told;
  }

  async function persist<Value>(what: string, attempt: () => Promise<Value>): Promise<Value> {
    const deadline = performance.now() + patienceMs;
    const failures: unknown[] = [];
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        failures.push(error);
        counts.failed += 1;
        if (performance.now() > deadline)
          throw new Error(`${what} is not answered: ${failures.slice(-5).map(String).join('\n')}`, { cause: error });
        await wait(150);
      }
    }
  }

  return {
    counts,
    async ask() {
      const question = `${name} t${turn}${turn % 3 === 2 ? ' tool' : ''}`;
      const said: object[] = [{ role: 'user', content: question }];
      let news: readonly object[] = said;
      for (;;) {
        const told = await persist(question, () => post(said, news));
        said.push(told);
        if (told.tool_calls === undefined) {
          if (told.content !== `answer ${question}`) throw new Error(`${question} is answered with ${told.content}`);
          break;
        }
        news = told.tool_calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: 'seen' }));
        said.push(...news);
      }
      history.push(...said);
      counts.answered += 1;
      witness.confirm(name, question);
      turn += 1;
    },
  };
}

interface CallDelta {
  readonly index: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

/** @throws {Error} When the stream has not come to its end. */
function toTold({ chunks, text, errors, finishReasons, isDone }: ReadStream): Told {
  if (!isDone || finishReasons.length !== 1 || errors.length > 0) throw new Error(`The stream has no end: ${JSON.stringify(errors)}`);
  const calls: { id: string; type: 'function'; function: { name: string; arguments: string } }[] = [];
  const deltas = chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => (delta as { tool_calls?: CallDelta[] }).tool_calls ?? []));
  for (const { index, id = '', function: { name = '', arguments: piece = '' } = {} } of deltas) {
    const call = (calls[index] ??= { id: '', type: 'function', function: { name: '', arguments: '' } });
    call.id += id;
    call.function.name += name;
    call.function.arguments += piece;
  }
  return { role: 'assistant', content: text === '' ? null : text, ...(calls.length > 0 && { tool_calls: calls }) };
}
