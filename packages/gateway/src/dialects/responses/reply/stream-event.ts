import type { OutputItem, OutputPart, SummaryPart, UrlCitation } from './output-item.ts';
import type { ResponseObject } from './to-response.ts';
import { toSseFrame } from '../../sse.ts';
import type { GatewayError } from '../../../gateway-error.ts';
import { openaiErrorBody } from '../../openai/openai-error.ts';

interface InItem {
  readonly item_id: string;
  readonly output_index: number;
}
interface InPart extends InItem {
  readonly content_index: number;
}
interface InSummary extends InItem {
  readonly summary_index: number;
}

/** What is told of the output, before it is numbered. */
export type OutputEvent =
  | { readonly type: 'response.output_item.added' | 'response.output_item.done'; readonly output_index: number; readonly item: OutputItem }
  | (InPart & { readonly type: 'response.content_part.added' | 'response.content_part.done'; readonly part: OutputPart })
  | (InPart & { readonly type: 'response.output_text.delta'; readonly delta: string; readonly logprobs: [] })
  | (InPart & { readonly type: 'response.output_text.done'; readonly text: string; readonly logprobs: [] })
  | (InPart & {
      readonly type: 'response.output_text.annotation.added';
      readonly annotation_index: number;
      readonly annotation: UrlCitation;
    })
  | (InPart & { readonly type: 'response.refusal.delta'; readonly delta: string })
  | (InPart & { readonly type: 'response.refusal.done'; readonly refusal: string })
  | (InSummary & {
      readonly type: 'response.reasoning_summary_part.added' | 'response.reasoning_summary_part.done';
      readonly part: SummaryPart;
    })
  | (InSummary & { readonly type: 'response.reasoning_summary_text.delta'; readonly delta: string })
  | (InSummary & { readonly type: 'response.reasoning_summary_text.done'; readonly text: string })
  | (InItem & { readonly type: 'response.function_call_arguments.delta'; readonly delta: string })
  | (InItem & { readonly type: 'response.function_call_arguments.done'; readonly name: string; readonly arguments: string })
  | (InItem & { readonly type: 'response.custom_tool_call_input.delta'; readonly delta: string })
  | (InItem & { readonly type: 'response.custom_tool_call_input.done'; readonly input: string })
  | (InItem & { readonly type: 'response.mcp_call.in_progress' | 'response.mcp_call.completed' | 'response.mcp_call.failed' })
  | (InItem & { readonly type: 'response.mcp_call_arguments.delta'; readonly delta: string })
  | (InItem & { readonly type: 'response.mcp_call_arguments.done'; readonly arguments: string })
  | (InItem & { readonly type: 'response.mcp_list_tools.in_progress' | 'response.mcp_list_tools.completed' })
  | (InItem & { readonly type: `response.web_search_call.${'in_progress' | 'searching' | 'completed'}` });

/** What is told of the response as a whole. */
export type LifecycleEvent =
  | {
      readonly type: `response.${'created' | 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed'}`;
      readonly response: ResponseObject;
    }
  /** The only sign of life that all clients let pass. */
  | { readonly type: 'keepalive' }
  | ErrorEvent;

/** Flat and nested: clients read the one or the other. */
export interface ErrorEvent {
  readonly type: 'error';
  readonly code: string | null;
  readonly message: string;
  readonly param: string | null;
  readonly error: { readonly type: string; readonly code: string | null; readonly message: string; readonly param: string | null };
}

/** An event of a stream; each has its number besides. */
export type StreamEvent = OutputEvent | LifecycleEvent;

/** Frames an event of a response, of which `number` is its place among all. */
export function toEventFrame({ type, ...rest }: { readonly type: string }, number: number): string {
  return toSseFrame(JSON.stringify({ type, sequence_number: number, ...rest }), type);
}

export function toErrorEvent(given: GatewayError): ErrorEvent {
  const { error } = openaiErrorBody(given);
  const { code, message, param } = error;
  return { type: 'error', code, message, param, error };
}

/** There is no event of its own for it that clients know. */
export function toCancelled<Response>(response: Response): { readonly type: 'response.incomplete'; readonly response: Response } {
  return { type: 'response.incomplete', response };
}
