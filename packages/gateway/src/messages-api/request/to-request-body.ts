import { isObject, type JsonObject, type Tool, type ToolChoice } from '../../turn/tool.ts';
import type { Sampling } from '../../turn/turn.ts';
import type { PreparedTurn } from './prepare-turn.ts';
import type { ContentBlock } from '../../turn/content-block.ts';

/**
 * What a turn adds to the CLI's requests to the Messages API.
 *
 * @see https://docs.anthropic.com/en/api/messages
 */
export function toRequestBody(turn: PreparedTurn): Readonly<Record<string, unknown>> {
  const { output_config: moreConfig, ...extra } = turn.extra ?? {};
  const outputConfig = {
    ...(isObject(moreConfig) && moreConfig),
    ...(turn.effort !== undefined && { effort: turn.effort }),
    ...(turn.outputSchema !== undefined && { format: { type: 'json_schema', schema: turn.outputSchema } }),
  };
  return {
    ...withoutOwn(extra),
    ...samplingFields(turn.sampling),
    ...thinkingField(turn),
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
    ...(turn.toolChoice !== undefined && turn.tools.length > 0 && { tool_choice: toolChoiceField(turn.toolChoice) }),
    // In place of the CLI's list, which has their names only.
    ...((turn.tools.length > 0 || turn.searchesTools === true) && { tools: (turn.shownTools ?? turn.tools).map(toApiTool) }),
  };
}

/** What is the CLI's own to say, and what would replace the header of betas, no caller puts in its place. */
function withoutOwn({ messages: _messages, system: _system, model: _model, stream: _stream, betas: _betas, ...rest }: JsonObject): object {
  return rest;
}

function samplingFields(sampling: Sampling): object {
  return {
    ...(sampling.maxOutputTokens !== undefined && { max_tokens: sampling.maxOutputTokens }),
    ...(sampling.temperature !== undefined && { temperature: sampling.temperature }),
    ...(sampling.topP !== undefined && { top_p: sampling.topP }),
    ...(sampling.topK !== undefined && { top_k: sampling.topK }),
    ...(sampling.stopSequences !== undefined && { stop_sequences: sampling.stopSequences }),
  };
}

/** Thinking that is not asked for is left out where it can be: some models refuse to hear that it is off. */
function thinkingField({ thinking, tellThinkingOff }: PreparedTurn): object {
  if (thinking === undefined) return {};
  const display = 'display' in thinking ? { display: thinking.display } : {};
  if (thinking.type === 'adaptive') return { thinking: { type: 'adaptive', ...display } };
  if (thinking.type === 'budget') return { thinking: { type: 'enabled', budget_tokens: thinking.tokens, ...display } };
  return tellThinkingOff === true ? { thinking: { type: 'disabled' } } : {};
}

function toolChoiceField(choice: ToolChoice): object {
  if (choice.type === 'none') return { type: 'none' };
  const { disableParallel, ...rest } = choice;
  return { ...rest, ...(disableParallel && { disable_parallel_tool_use: true }) };
}

function toApiTool(tool: Tool): object {
  if (tool.definition !== undefined) return tool.definition;
  return {
    name: tool.name,
    ...(tool.description !== '' && { description: tool.description }),
    input_schema: tool.inputSchema,
    ...(tool.strict && { strict: true }),
    ...tool.extra,
  };
}

/** The default of `max_tokens`: all models since Claude 4 take this much, thinking included; older ones take less. */
const usualMaxTokens = 32_000;
const olderMaxTokens = 4096;

/**
 * The whole request for a turn to the Messages API, which nothing is added to.
 *
 * @param model Its full name.
 * @see https://docs.anthropic.com/en/api/messages
 */
export function toMessagesBody(turn: PreparedTurn, model: string): Readonly<Record<string, unknown>> {
  const { system, messages } = turn;
  return {
    max_tokens: /claude-(2|3|instant)/.test(model) ? olderMaxTokens : usualMaxTokens,
    ...toRequestBody(turn),
    model,
    ...(system.length > 0 && { system: system.map(toApiBlock) }),
    messages: messages.map(({ role, content }) => ({ role, content: content.map(toApiBlock) })),
    stream: true,
  };
}

/** A block as the Messages API knows it, with the fields that are only passed on. */
export function toApiBlock(block: ContentBlock): object {
  if (block.type === 'other') return block.block;
  const { extra, ...rest } = block;
  if (rest.type === 'tool_result') return { ...rest, content: rest.content.map(toApiBlock), ...extra };
  if (rest.type !== 'tool_use') return extra === undefined ? rest : { ...rest, ...extra };
  const { json: _written, ...call } = rest;
  return { ...call, ...extra };
}
