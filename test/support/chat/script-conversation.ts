import { randomUUID } from 'node:crypto';
import {
  textReply,
  toolUseReply,
  type BlockParam,
  type MessagesBody,
  type RecordedMessages,
  type Reply,
} from '@claude-code-api/mock-anthropic';
import { exampleOf } from '../example-of.ts';

/**
 * Answers as a model would that sees what the request holds, for `mock.replyWith`. By what comes first:
 * a forced tool is called; a question about the weather in Paris or Oslo calls `get_weather` for each of them; a call that
 * must be one goes to another tool; a schema is answered with JSON that fits it; tool results are repeated; of an image its
 * type is told; any other text is repeated.
 */
export function scriptConversation({ body }: RecordedMessages): Reply {
  const blocks = lastBlocks(body);
  const text = textsOf(blocks);
  const results = blocks.filter(({ type }) => type === 'tool_result');
  const image = blocks.find(({ type }) => type === 'image');
  // A model that can't be forced obeys what the description of its tools says.
  const urged = (body.tools ?? []).find(
    ({ description }) => description?.endsWith('never in text.') === true && description.includes('Answer by calling'),
  );
  const choice = urged === undefined ? body.tool_choice?.['type'] : body.tools?.length === 1 ? 'tool' : 'any';
  const schema = schemaOf(body);
  if (choice === 'tool') return callTool(body, (name) => name === (urged?.name ?? body.tool_choice?.['name']));
  if (results.length === 0 && text.includes('weather') && isOffered(body, 'get_weather')) return askForWeather(text);
  if (choice === 'any') return callTool(body, (name) => name !== 'get_weather');
  if (schema !== undefined) return textReply(pieces(JSON.stringify(exampleOf(schema))));
  if (results.length > 0) return textReply(pieces(`The tools say: ${results.map((result) => textsOf(result.content)).join(', ')}.`));
  if (image !== undefined) return textReply(pieces(`That is an image of type ${String(image.source?.['media_type'])}.`));
  return textReply(pieces(`You said: ${text}`));
}

function askForWeather(question: string): Reply {
  const cities = question.match(/Paris|Oslo/g) ?? ['Paris'];
  return toolUseReply(cities.map((city) => ({ id: newToolUseId(), name: 'get_weather', input: { city } })));
}

function callTool({ tools = [] }: MessagesBody, isRight: (name: string) => boolean): Reply {
  const tool = tools.find(({ name }) => isRight(name));
  if (tool === undefined)
    throw new Error(`The request wants a call, but has just these tools: ${tools.map(({ name }) => name).join(', ')}`);
  const input = exampleOf(tool.input_schema) as Readonly<Record<string, unknown>>;
  return toolUseReply([{ id: newToolUseId(), name: tool.name, input }]);
}

function newToolUseId(): string {
  return `toolu_${randomUUID().replaceAll('-', '')}`;
}

function isOffered({ tools = [], tool_choice: choice }: MessagesBody, tool: string): boolean {
  return choice?.['type'] !== 'none' && tools.some(({ name }) => name === tool);
}

function schemaOf({ output_config: config }: MessagesBody): unknown {
  const format = config?.['format'] as { readonly schema?: unknown } | undefined;
  return format?.schema;
}

function lastBlocks({ messages }: MessagesBody): readonly BlockParam[] {
  return toBlocks(messages.at(-1)?.content);
}

function textsOf(content: BlockParam['content']): string {
  return toBlocks(content)
    .flatMap(({ text }) => text ?? [])
    .join('\n');
}

function toBlocks(content: BlockParam['content'] = []): readonly BlockParam[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** Several deltas, cut at spaces. */
function pieces(text: string): string[] {
  return text.split(/(?<= )/);
}
