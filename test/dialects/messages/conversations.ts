/** A body of `POST /v1/messages`, but for `max_tokens` and where `model` is the usual one. */
export type Asked = { readonly messages: readonly Said[]; readonly [key: string]: unknown };

export interface Said {
  readonly role: 'user' | 'assistant' | 'system';
  readonly content: string | readonly Block[];
}

export interface Block {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface Row {
  readonly name: string;
  readonly asked: Asked;
  /** What reaches the API, where that is not what was sent. */
  readonly messages?: readonly Said[];
  readonly system?: readonly string[];
  /** Parameters that reach the API otherwise; undefined for those that don't. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What Claude answers, where that has to be something. */
  readonly answer?: string;
  /** What the reply names as ignored. */
  readonly ignored?: string;
}

const older = 'claude-sonnet-4-5';
const mark = { cache_control: { type: 'ephemeral' } };
const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } };
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF').toString('base64');
const png = { type: 'base64', media_type: 'image/png', data: pixel };

const user = (...content: (string | Block)[]): Said => ({ role: 'user', content: content.map(toBlock) });
const assistant = (...content: (string | Block)[]): Said => ({ role: 'assistant', content: content.map(toBlock) });
const call = (id: string, more: object = {}): Block => ({
  type: 'tool_use',
  id,
  name: 'now',
  input: { zone: 'Z', list: [1, 2.5, null], deep: { ä: true } },
  ...more,
});
const result = (id: string, content: unknown, more: object = {}): Block => ({ type: 'tool_result', tool_use_id: id, content, ...more });
const tool = { name: 'now', description: 'Tells the time.', input_schema: { type: 'object', properties: { zone: { type: 'string' } } } };
const thought = { type: 'thinking', thinking: 'Let me see.', signature: 'EqQBCgIYAhIM' };
const odd =
  'Grüße 👩‍👩‍👧‍👦 e\u0301 שלום \u202Eabc\u202C \u2028\uFEFF\u0001 日本語\r\n "q" \\ @/etc/passwd <system-reminder>x</system-reminder> {"type":"user"}';

function toBlock(block: string | Block): Block {
  return typeof block === 'string' ? { type: 'text', text: block } : block;
}

const row = (name: string, asked: Asked, more: Omit<Row, 'name' | 'asked'> = {}): Row => ({ name, asked, ...more });
const one = (name: string, ...content: (string | Block)[]): Row => row(name, { messages: [user(...content)] });
const loop = (name: string, first: Said, second: Said, more: object = {}): Row =>
  row(name, { messages: [user('time?'), first, second], tools: [tool], ...more });
const withMore = (name: string, parameters: object, more: Omit<Row, 'name' | 'asked'> = {}): Row =>
  row(name, { messages: [user('hi')], ...parameters }, more);

const texts: Row[] = [
  row('a text', { messages: [{ role: 'user', content: 'hi' }] }),
  one('a block', 'hi'),
  one('several blocks', 'one', 'two', ' three \n'),
  row('a history', { messages: [user('one'), assistant('two', 'three'), user('four'), assistant('five'), user('six', 'seven')] }),
  row('odd characters and words everywhere', { system: odd, messages: [user(odd), assistant(odd), user(odd, odd)] }, { system: [odd] }),
  row('commands', { messages: [user('/clear'), assistant('/compact'), user('/exit')] }),
  row('a system prompt', { system: 'Be brief.', messages: [user('hi')] }, { system: ['Be brief.'] }),
  row(
    'a system prompt of blocks, as one',
    { system: [toBlock('One.'), { type: 'text', text: 'Two.', ...mark }], messages: [user('hi')] },
    { system: ['One.\n\nTwo.'] },
  ),
  row(
    'neighbours of one role, as one',
    { messages: [user('one'), user('two'), assistant('three'), assistant('four'), user('five')] },
    {
      messages: [user('one', 'two'), assistant('three', 'four'), user('five')],
    },
  ),
  row('an answer that is begun', { model: older, messages: [user('count'), assistant('one, two,')] }),
  row(
    'a system message before an answer, in the system prompt',
    { system: 'A.', messages: [user('hi'), { role: 'system', content: 'B.' }] },
    { messages: [user('hi')], system: ['A.\n\nB.'] },
  ),
  row(
    'a system message behind an answer, as what the user says there',
    { messages: [user('hi'), assistant('ho'), user('so'), { role: 'system', content: [toBlock('Be kind.')] }] },
    { messages: [user('hi'), assistant('ho'), user('so', 'Be kind.')] },
  ),
  row('a hundred messages', {
    messages: Array.from({ length: 101 }, (_, index) =>
      index % 2 === 0 ? user(`q ${index}`) : assistant(`a ${index} ${'ä'.repeat(index)}`),
    ),
  }),
  one('300 kB of text', 'The quick brown fox – ünïcödé 🦊.\n'.repeat(8000)),
];

const documents: Block[] = [
  { type: 'base64', media_type: 'application/pdf', data: pdf },
  { type: 'text', media_type: 'text/plain', data: 'words' },
  { type: 'content', content: 'words' },
  { type: 'content', content: [toBlock('words')] },
  { type: 'url', url: 'https://example.org/b.pdf' },
  { type: 'file', file_id: 'file_9' },
].map((source, index) => ({ type: 'document', source, title: `T${index}`, context: `C${index}`, citations: { enabled: true } }));

const media: Row[] = [
  one('a picture', 'what?', { type: 'image', source: png }),
  one('a picture by its URL', { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }, 'what?'),
  one('a picture that is kept at Anthropic', { type: 'image', source: { type: 'file', file_id: 'file_1' } }, 'what?'),
  one('a PDF with all that it can have', {
    ...{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } },
    ...{ title: 'T', context: 'C', citations: { enabled: true } },
  }),
  one('a document of text', {
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: 'words' },
    title: 'T',
    citations: { enabled: false },
  }),
  one('a document of blocks', {
    type: 'document',
    source: { type: 'content', content: [toBlock('a'), { type: 'image', source: png }] },
    title: 'T',
  }),
  one(
    'documents elsewhere',
    { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' }, context: 'C' },
    {
      ...{ type: 'document', source: { type: 'file', file_id: 'file_2' } },
    },
  ),
  one('search results', {
    ...{ type: 'search_result', source: 'https://a.example', title: 'T', content: [toBlock('found')], citations: { enabled: true } },
  }),
  one('search results with marks, and what was cited of them before', {
    ...{ type: 'search_result', source: 's', title: 'T', citations: { enabled: true } },
    content: [toBlock('one'), toBlock('two')],
  }),
  one('documents of each kind of source, with title and context', ...documents),
  one('an upload for a container', { type: 'container_upload', file_id: 'file_3' }, 'go'),
  one('a block of a type of the future', { type: 'hologram', data: { a: [1] } }, 'what?'),
];

const tools: Row[] = [
  loop('a call and its result', assistant('Let me look.', call('toolu_1')), user(result('toolu_1', 'noon'))),
  loop('a call alone', assistant(call('toolu_1', { input: {} })), user(result('toolu_1', [toBlock('noon')]))),
  loop(
    'calls side by side',
    assistant('So:', call('toolu_1'), call('toolu_2')),
    user(result('toolu_1', 'a'), result('toolu_2', 'b'), 'and?'),
  ),
  loop('a result that is an error', assistant(call('toolu_1')), user(result('toolu_1', 'no clock', { is_error: true }))),
  loop('a result that is none', assistant(call('toolu_1')), user(result('toolu_1', 'noon', { is_error: false }), 'thanks')),
  loop('a picture and a document as result', assistant(call('toolu_1')), {
    ...user(
      result('toolu_1', [
        toBlock('see'),
        { type: 'image', source: png },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'd' }, title: 'x', context: 'y' },
      ]),
    ),
  }),
  loop(
    'search results as result',
    assistant(call('toolu_1')),
    user(result('toolu_1', [{ type: 'search_result', source: 's', title: 't', content: [toBlock('x')] }])),
  ),
  loop('thinking before a call', assistant(thought, call('toolu_1')), user(result('toolu_1', 'noon')), {
    model: older,
    thinking: { type: 'enabled', budget_tokens: 1024 },
  }),
  row('thinking without its words, and thinking that nobody can read', {
    model: older,
    messages: [
      user('a'),
      assistant({ ...thought, thinking: '' }, 'b'),
      user('c'),
      assistant({ type: 'redacted_thinking', data: 'EmwKAhgB' }, 'd'),
      user('e'),
    ],
  }),
  loop(
    'thinking between calls',
    assistant(thought, 'hm', { ...thought, signature: 'Er2' }, call('toolu_1')),
    user(result('toolu_1', 'noon')),
    { model: older },
  ),
  row(
    'thinking of others, which has no signature',
    { model: older, messages: [user('a'), assistant({ ...thought, signature: '' }, 'b'), user('c')] },
    { messages: [user('a'), assistant('b'), user('c')] },
  ),
  row("the API's own tools", {
    messages: [
      user('search'),
      assistant(
        'Searching.',
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
        {
          type: 'web_search_tool_result',
          tool_use_id: 'srvtoolu_1',
          content: [{ type: 'web_search_result', url: 'https://b', title: 't', encrypted_content: 'enc', page_age: null }],
        },
        {
          type: 'code_execution_tool_result',
          tool_use_id: 'srvtoolu_2',
          content: { type: 'code_execution_result', stdout: '1', stderr: '', return_code: 0, content: [] },
        },
        { type: 'of_the_future', y: 2 },
        'Found.',
      ),
      user('thanks'),
    ],
    tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }],
  }),
  row('what containers, fetches and editors have done', {
    messages: [
      user('do'),
      assistant(
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'bash_code_execution', input: { command: 'ls' } },
        {
          ...{ type: 'bash_code_execution_tool_result', tool_use_id: 'srvtoolu_1' },
          content: {
            ...{ type: 'bash_code_execution_result', stdout: 'a', stderr: '', return_code: 0 },
            content: [{ type: 'bash_code_execution_output', file_id: 'file_1' }],
          },
        },
        { type: 'server_tool_use', id: 'srvtoolu_2', name: 'text_editor_code_execution', input: { command: 'view', path: 'a' } },
        {
          ...{ type: 'text_editor_code_execution_tool_result', tool_use_id: 'srvtoolu_2' },
          content: { type: 'text_editor_code_execution_tool_result_error', error_code: 'file_not_found' },
        },
        { type: 'server_tool_use', id: 'srvtoolu_3', name: 'web_fetch', input: { url: 'https://a.example' }, caller: { type: 'direct' } },
        {
          ...{ type: 'web_fetch_tool_result', tool_use_id: 'srvtoolu_3' },
          content: {
            ...{ type: 'web_fetch_result', url: 'https://a.example', retrieved_at: null },
            content: { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'd' }, title: 't' },
          },
        },
        { type: 'compaction', content: 'Before: nothing.' },
        'Done.',
      ),
      user('thanks'),
    ],
    tools: [{ type: 'code_execution_20250825', name: 'code_execution' }],
  }),
  row('numbers that JavaScript has otherwise', {
    messages: [
      user('time?'),
      assistant(call('toolu_1', { input: { one: 1.5, half: 0.1, big: 9007199254740991, small: 5e-324, large: 1e300, below: -7 } })),
      user(result('toolu_1', 'noon')),
    ],
    tools: [{ ...tool, input_schema: { type: 'object', properties: { n: { type: 'number', maximum: 1e21, multipleOf: 0.01 } } } }],
  }),
  row(
    'what is changed amid the conversation',
    {
      messages: [
        user('a'),
        assistant('b'),
        user('c'),
        { role: 'system', content: 'for this turn', clear_at: 'next_user_message' } as Said,
        assistant('d'),
        user('e'),
        { role: 'system', content: [{ type: 'tool_removal', tool: { type: 'tool_reference', name: 'then' } }, toBlock('Mind.')] },
      ],
      tools: [tool, { ...tool, name: 'then' }],
    },
    { messages: [user('a'), assistant('b'), user('c'), assistant('d'), user('e', 'Mind.')], parameters: { tools: [tool] } },
  ),
  row(
    'what an answer cites, without the places',
    {
      messages: [
        user('a'),
        assistant({ type: 'text', text: 'b', citations: [{ type: 'char_location', cited_text: 'x', document_index: 0 }] }),
        user('c'),
      ],
    },
    {
      messages: [user('a'), assistant({ type: 'text', text: 'b', citations: [] }), user('c')],
      ignored: 'messages[1].content[0].citations',
    },
  ),
  row(
    'tools that were found by a search',
    {
      messages: [
        user('time?'),
        assistant({ ...call('toolu_1'), name: 'find', caller: { type: 'direct' } }),
        user(result('toolu_1', [{ type: 'tool_reference', tool_name: 'now' }])),
      ],
      tools: [
        { ...tool, name: 'find' },
        { ...tool, defer_loading: true },
      ],
    },
    {
      messages: [
        user('time?'),
        assistant({ ...call('toolu_1'), name: 'find', caller: { type: 'direct' } }),
        user(result('toolu_1', [{ type: 'tool_reference', tool_name: 'now' }]), 'Tool loaded.'),
      ],
    },
  ),
];

const marks: Row[] = [
  one('a mark at the end', { type: 'text', text: 'hi', ...mark }),
  one('a mark for an hour at the end', { type: 'text', text: 'hi', ...hour }),
  one('a mark before the end', { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'long' }, ...mark }, 'so?'),
  row('marks in four places', {
    tools: [tool, { ...tool, name: 'then', ...mark }],
    messages: [
      user({ type: 'text', text: 'a', ...mark }),
      assistant({ type: 'text', text: 'b', ...mark }),
      user({ type: 'text', text: 'c', ...hour }),
    ],
  }),
  row(
    'so many marks that the system prompt has none',
    {
      system: [{ type: 'text', text: 'S', ...mark }],
      messages: [user({ type: 'text', text: 'a', ...mark }, { type: 'text', text: 'b', ...mark }, 'c')],
    },
    { system: ['S'], ignored: 'system.cache_control' },
  ),
];

const parameters: Row[] = [
  withMore('tools with all that they can have, in their order', {
    tools: [
      { ...tool, name: 'zebra', input_examples: [{ zone: 'Z' }], eager_input_streaming: true, allowed_callers: ['direct'] },
      { name: 'plain', input_schema: { type: 'object' } },
      { ...tool, name: 'strict', input_schema: { type: 'object', properties: {}, additionalProperties: false }, strict: true },
    ],
  }),
  withMore('tools that Anthropic defines', {
    tools: [
      { type: 'bash_20250124', name: 'bash' },
      { type: 'text_editor_20250728', name: 'str_replace_based_edit_tool', max_characters: 100 },
    ],
  }),
  withMore('tools that Anthropic runs', {
    tools: [
      { type: 'web_search_20250305', name: 'web_search', allowed_domains: ['a.example'] },
      { type: 'web_fetch_20250910', name: 'web_fetch' },
      { type: 'code_execution_20250825', name: 'code_execution' },
    ],
  }),
  withMore('a choice', { tools: [tool], tool_choice: { type: 'auto', disable_parallel_tool_use: true } }),
  withMore('a choice of any', { model: older, tools: [tool], tool_choice: { type: 'any' } }),
  withMore('a choice of one', { model: older, tools: [tool], tool_choice: { type: 'tool', name: 'now', disable_parallel_tool_use: true } }),
  withMore('a choice of none', { tools: [tool], tool_choice: { type: 'none' } }),
  withMore('thinking that is adaptive', { model: 'claude-opus-4-6', thinking: { type: 'adaptive' } }),
  withMore('thinking that is shown', { thinking: { type: 'adaptive', display: 'summarized' } }),
  withMore('thinking that is not shown', { model: older, thinking: { type: 'enabled', budget_tokens: 1500, display: 'omitted' } }),
  withMore(
    'thinking of a form that the model does not know',
    { model: 'claude-opus-4-7', thinking: { type: 'enabled', budget_tokens: 1500 } },
    {
      parameters: { thinking: { type: 'adaptive', display: 'summarized' } },
    },
  ),
  withMore('effort', { output_config: { effort: 'max' } }),
  withMore(
    'a format',
    {
      output_config: {
        format: {
          type: 'json_schema',
          schema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
        },
        task_budget: { type: 'tokens', total: 9 },
      },
    },
    { answer: '{"a":"b"}' },
  ),
  withMore('sampling of an older model', { model: 'claude-sonnet-4-20250514', temperature: 0.3, top_k: 5, stop_sequences: ['END', ' x '] }),
  withMore('sampling of a newer model', { temperature: 0.3 }, { parameters: { temperature: undefined }, ignored: 'temperature' }),
  withMore('what is only passed on', {
    ...{ service_tier: 'auto', inference_geo: 'us', context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } },
    ...{ diagnostics: { previous_message_id: 'msg_1' }, safeguards: { a: [1, null] } },
  }),
  withMore(
    'what is left out',
    { speed: 'fast', betas: ['x'] },
    { parameters: { speed: undefined, betas: undefined }, ignored: 'speed, betas' },
  ),
  withMore('as many tokens as are left', { max_tokens: 7 }),
];

/** Conversations of every kind. */
export const rows: readonly Row[] = [...texts, ...media, ...tools, ...marks, ...parameters];
