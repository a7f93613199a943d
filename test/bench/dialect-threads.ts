import { setTimeout as sleep } from 'node:timers/promises';
import { askStreamed, type Heard } from './ask-streamed.ts';
import { toolMs } from './servers/direct-cli.ts';

/** A conversation in one of the dialects, and in one of the ways in which that goes on. */
export interface Thread {
  /** Says something more; the milliseconds to the first token of the answer. */
  say(url: string, text: string): Promise<number>;
}

const system = 'You are a test.';
const schema = { type: 'object', properties: { what: { type: 'string' } } };
const tool = { name: 'look_up', description: 'Looks something up.' };

const ask = {
  chat: (url: string, body: object): Promise<Heard> => askStreamed(`${url}/v1/chat/completions`, body),
  responses: (url: string, body: object): Promise<Heard> => askStreamed(`${url}/v1/responses`, body),
  messages: (url: string, body: object): Promise<Heard> => askStreamed(`${url}/v1/messages`, { max_tokens: 1000, ...body }),
};

/** How a conversation of a name goes on: it is a part of what is said first, since conversations of one history would share a process. */
export const threads = {
  chatById(): Thread {
    let conversation: string | undefined;
    return {
      async say(url, text) {
        const first = conversation === undefined ? [{ role: 'system', content: system }] : [];
        const heard = await ask.chat(url, { messages: [...first, { role: 'user', content: text }], conversation_id: conversation });
        conversation = heard.conversationId;
        return heard.firstTokenMs;
      },
    };
  },

  chatByHistory: (): Thread =>
    byHistory((url, messages) => ask.chat(url, { messages: [{ role: 'system', content: system }, ...messages] })),

  responsesById(): Thread {
    let previous: string | undefined;
    return {
      async say(url, text) {
        const heard = await ask.responses(url, { input: text, instructions: system, previous_response_id: previous });
        previous = heard.responseId;
        return heard.firstTokenMs;
      },
    };
  },

  responsesByInput: (): Thread => byHistory((url, input) => ask.responses(url, { input, instructions: system })),

  messagesByHistory: (): Thread => byHistory((url, messages) => ask.messages(url, { messages, system })),
} as const;

function byHistory(answer: (url: string, messages: readonly object[]) => Promise<Heard>): Thread {
  const messages: object[] = [];
  return {
    async say(url, text) {
      messages.push({ role: 'user', content: text });
      const heard = await answer(url, messages);
      messages.push({ role: 'assistant', content: heard.answer });
      return heard.firstTokenMs;
    },
  };
}

/** Conversations in which a tool is called whenever something is said; the time is that from its result to the first token. */
export const toolThreads = {
  chat: (): Thread => {
    const tools = [{ type: 'function', function: { ...tool, parameters: schema } }];
    return withTools((url, messages) => ask.chat(url, { messages, tools }), {
      call: (id) => ({
        role: 'assistant',
        content: null,
        tool_calls: [{ id, type: 'function', function: { name: tool.name, arguments: '{}' } }],
      }),
      result: (id) => ({ role: 'tool', tool_call_id: id, content: 'found' }),
    });
  },

  messages: (): Thread => {
    const tools = [{ ...tool, input_schema: schema }];
    return withTools((url, messages) => ask.messages(url, { messages, tools }), {
      call: (id) => ({ role: 'assistant', content: [{ type: 'tool_use', id, name: tool.name, input: {} }] }),
      result: (id) => ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'found' }] }),
    });
  },
} as const;

interface ToolWords {
  readonly call: (id: string | undefined) => object;
  readonly result: (id: string | undefined) => object;
}

function withTools(answer: (url: string, messages: readonly object[]) => Promise<Heard>, { call, result }: ToolWords): Thread {
  const messages: object[] = [];
  return {
    async say(url, text) {
      messages.push({ role: 'user', content: text });
      const { callId } = await answer(url, messages);
      messages.push(call(callId), result(callId));
      // The CLI has asked for it meanwhile.
      await sleep(toolMs);
      const heard = await answer(url, messages);
      messages.push({ role: 'assistant', content: heard.answer });
      return heard.firstTokenMs;
    },
  };
}
