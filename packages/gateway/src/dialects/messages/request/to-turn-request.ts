import type { RequestBlock, RequestMedia, RequestMessage, TurnRequest } from '../../../engine/turn-request.ts';
import type { ContentBlock, DocumentBlock, ImageBlock } from '../../../turn/content-block.ts';
import type { Reasoning, Thinking } from '../../../turn/reasoning.ts';
import type { JsonObject } from '../../../turn/tool.ts';
import type { Sampling } from '../../../turn/turn.ts';
import { ineffectiveParts } from './ineffective-parts.ts';
import { parameters } from './parameters.ts';
import type { MessagesRequest } from './parse-request.ts';
import type { CountBody } from './request-schema.ts';
import { toToolChoice, toTools } from './to-tools.ts';

/** Says in neutral terms what a request asks for, which is nearly what it says. */
export function toTurnRequest({ body, betas, hasOddBetas }: MessagesRequest<CountBody>): TurnRequest {
  const { tool_choice: choice, output_config: config, output_format: format, metadata } = body;
  const tools = toTools(body);
  const toolChoice = toToolChoice(choice);
  const outputSchema = (config?.format ?? format)?.schema;
  const extra = toExtra(body);
  return {
    model: body.model,
    system: body.system ?? [],
    messages: body.messages.map(toMessage).filter((_, index) => !isCleared(body.messages, index)),
    tools,
    ...(toolChoice !== undefined && { toolChoice }),
    sampling: toSampling(body),
    reasoning: toReasoning(body),
    ...(outputSchema !== undefined && { outputSchema }),
    ...(metadata?.user_id && { endUser: metadata.user_id }),
    ...(Object.keys(extra).length > 0 && { extra }),
    ...(betas.length > 0 && { betas }),
    bringsThinking: true,
    keep: true,
    metadata: {},
    choices: 1,
    streamed: body.stream === true,
    ignored: [...ineffectiveParts(body, { tools, extra }), ...(hasOddBetas ? ['anthropic-beta'] : [])],
  };
}

/** Whether the text of a system message was for a turn that is over: the user has spoken since. */
function isCleared(messages: CountBody['messages'], index: number): boolean {
  const message = messages[index];
  if (message?.role !== 'system' || message.clear_at !== 'next_user_message') return false;
  return messages.findLastIndex(({ role }) => role === 'user') > index;
}

function toMessage({ role, content }: CountBody['messages'][number], index: number): RequestMessage {
  const place = `messages[${index}]`;
  return {
    role,
    content: content.filter(isSigned).map((block, at) => toRequestBlock(block, `${place}.content[${at}]`)),
    place,
  };
}

/** The API takes no thinking back without its signature, which other vendors' has not. */
function isSigned(block: ContentBlock): boolean {
  return block.type !== 'thinking' || block.signature !== '';
}

function toRequestBlock(block: ContentBlock, place: string): RequestBlock {
  if (block.type === 'image' || block.type === 'document') return toMedia(block, place);
  if (block.type !== 'tool_result') return block;
  const content = block.content.map((each, at) =>
    each.type === 'image' || each.type === 'document' ? toMedia(each, `${place}.content[${at}]`) : each,
  );
  return { ...block, content, place: `${place}.tool_use_id` };
}

/** What has a URL is fetched by whoever fetches URLs on this server. */
function toMedia(block: ImageBlock | DocumentBlock, place: string): ImageBlock | DocumentBlock | RequestMedia {
  const { type: kind, source, extra } = block;
  if (source.type !== 'url') return block;
  const title = block.type === 'document' && block.title !== undefined ? { title: block.title } : {};
  return {
    type: 'media',
    kind,
    location: source.url,
    ...title,
    bare: false,
    param: `${place}.source.url`,
    ...(extra !== undefined && { extra }),
  };
}

function toSampling({ max_tokens: maxOutputTokens, temperature, top_p: topP, top_k: topK, stop_sequences: stops }: CountBody): Sampling {
  return {
    ...(typeof maxOutputTokens === 'number' && { maxOutputTokens }),
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof topP === 'number' && { topP }),
    ...(typeof topK === 'number' && { topK }),
    ...(stops && stops.length > 0 && { stopSequences: stops }),
  };
}

/** What is not said is left to the model, and not to this server's settings. The effort may change amid the conversation. */
function toReasoning({ thinking, output_config: config, messages }: CountBody): Reasoning {
  const effort = messages.findLast(({ output_config: latest }) => latest?.effort)?.output_config?.effort ?? config?.effort;
  const wish = toThinking(thinking);
  return { ...(effort && { effort }), ...(wish !== undefined && { thinking: wish }) };
}

function toThinking(given: CountBody['thinking']): Thinking | undefined {
  if (!given || given.type === 'between_tools') return undefined;
  if (given.type === 'disabled') return { type: 'off' };
  const display = given.display ? { display: given.display } : {};
  return given.type === 'adaptive' ? { type: 'adaptive', ...display } : { type: 'budget', tokens: given.budget_tokens, ...display };
}

/** What is only passed on, new parameters too. */
function toExtra(body: CountBody): JsonObject {
  const { effort: _effort, format: _format, ...config } = body.output_config ?? {};
  const others = Object.entries(body).filter(([key, value]) => !Object.hasOwn(parameters, key) && value !== undefined && value !== null);
  return {
    ...Object.fromEntries(others),
    ...(body.thinking?.type === 'between_tools' && { thinking: body.thinking }),
    ...(Object.keys(config).length > 0 && { output_config: config }),
  };
}
