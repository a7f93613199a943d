import { textReply, toolUseReply, type MockAnthropic, type Reply } from '@claude-code-api/mock-anthropic';

/** What stands in for the model: it answers by what it is asked, and sees whether each request is whole. */
export interface Witness {
  /** The caller has had the answer to this question: from now on it must be in the history. */
  confirm(conversation: string, question: string): void;
  /** What was wrong with requests. */
  readonly problems: readonly string[];
  /** How many requests were for a question whose answer the caller had already. */
  readonly late: number;
}

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly id?: string;
  readonly tool_use_id?: string;
}

const pieces = 12;
const pieceMs = 40;

/** The question `c3 t7` is answered with `answer c3 t7`, in pieces; before that with a call, where it ends in `tool`. */
export function createWitness(mock: MockAnthropic): Witness {
  const confirmed = new Map<string, string[]>();
  const problems: string[] = [];
  let calls = 0;
  let late = 0;

  function answer(messages: readonly { readonly role: string; readonly content: string | readonly Block[] }[]): Reply {
    const blocks = messages.flatMap(({ role, content }) =>
      (typeof content === 'string' ? [{ type: 'text', text: content }] : content).map((block) => ({ role, ...block })),
    );
    const questions = blocks.flatMap(({ role, text = '' }) => (role === 'user' && /^c\d+ t\d+/.test(text) ? [text] : []));
    const question = questions.at(-1) ?? '';
    check(question, questions, blocks);
    const isResult = messages.at(-1)?.content.at(-1) as Block | undefined;
    if (question.endsWith('tool') && isResult?.type !== 'tool_result') {
      calls += 1;
      return toolUseReply([{ id: `toolu_${question.replaceAll(' ', '_')}_${calls}`, name: 'look', input: { at: question } }], {
        delayMs: 100,
      });
    }
    const text = `answer ${question}`;
    const size = Math.ceil(text.length / pieces);
    return textReply(text.match(new RegExp(`.{1,${size}}`, 'g')) ?? [], { chunkDelayMs: pieceMs });
  }

  function check(question: string, questions: readonly string[], blocks: readonly (Block & { readonly role: string })[]): void {
    const [conversation = ''] = question.split(' ');
    const strange = questions.filter((each) => !each.startsWith(`${conversation} `));
    if (strange.length > 0) problems.push(`${question} came with ${strange.join(', ')}`);
    const answers = new Set(blocks.flatMap(({ role, text }) => (role === 'assistant' && text !== undefined ? [text] : [])));
    const all = confirmed.get(conversation) ?? [];
    const answeredAt = all.indexOf(question);
    // A machine that was stopped asks, when it goes on, what it was given before: too late, and nobody hears the answer.
    if (answeredAt >= 0) late += 1;
    for (const before of answeredAt >= 0 ? all.slice(0, answeredAt) : all) {
      if (!questions.includes(before)) problems.push(`${question} came without the question ${before}`);
      if (before !== question && !answers.has(`answer ${before}`)) problems.push(`${question} came without the answer to ${before}`);
    }
    const results = blocks.flatMap(({ tool_use_id: id }) => (id === undefined ? [] : [id]));
    const called = new Set(blocks.flatMap(({ type, id }) => (type === 'tool_use' && id !== undefined ? [id] : [])));
    if (new Set(results).size !== results.length)
      problems.push(`${question} came with a call that was answered twice: ${results.join(', ')}`);
    if (results.some((id) => !called.has(id))) problems.push(`${question} came with the result of no call`);
  }

  mock.replyWith(({ body }) => answer(body.messages));
  return {
    problems,
    get late() {
      return late;
    },
    confirm(conversation, question) {
      confirmed.set(conversation, [...(confirmed.get(conversation) ?? []), question]);
    },
  };
}
