import type { JsonObject } from '../../../turn/tool.ts';

/** An item of a response's output, in the form of OpenAI's. */
export type OutputItem = MessageItem | ReasoningItem | CallItem | ActivityItem | McpListItem | ApprovalRequestItem | CompactionItem;

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

export interface MessageItem {
  readonly id: string;
  readonly type: 'message';
  readonly status: ItemStatus;
  readonly role: 'assistant';
  readonly content: OutputPart[];
  /** Absent while that is not known, and of what was cut. */
  readonly phase?: MessagePhase;
}

/** Whether a message is said on the way, or is the answer. */
export type MessagePhase = 'commentary' | 'final_answer';

export type OutputPart = TextPart | { readonly type: 'refusal'; readonly refusal: string };

export interface TextPart {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: UrlCitation[];
  readonly logprobs: [];
}

export interface UrlCitation {
  readonly type: 'url_citation';
  readonly url: string;
  readonly title: string;
  readonly start_index: number;
  readonly end_index: number;
}

export interface SummaryPart {
  readonly type: 'summary_text';
  readonly text: string;
}

export interface ReasoningItem {
  readonly id: string;
  readonly type: 'reasoning';
  readonly status: ItemStatus;
  readonly summary: SummaryPart[];
  /** Claude's signed thinking, sealed. Absent where there is none, never null: some clients refuse that. */
  readonly encrypted_content?: string;
}

interface Call {
  readonly id: string;
  readonly call_id: string;
  readonly status: ItemStatus;
}

/** A call of a tool that the caller runs. */
export type CallItem =
  | (Call & { readonly type: 'function_call'; readonly name: string; readonly namespace?: string; readonly arguments: string })
  | (Call & { readonly type: 'custom_tool_call'; readonly name: string; readonly namespace?: string; readonly input: string })
  | (Call & { readonly type: 'local_shell_call'; readonly action: LocalShellAction })
  | (Call & { readonly type: 'shell_call'; readonly action: ShellAction; readonly environment: null })
  // A call that was cut short stays in progress: nobody is to apply it.
  | (Omit<Call, 'status'> & {
      readonly type: 'apply_patch_call';
      readonly status: 'in_progress' | 'completed';
      readonly operation: PatchOperation;
    })
  | (Call & { readonly type: 'tool_search_call'; readonly execution: 'client'; readonly arguments: JsonObject });

export interface LocalShellAction {
  readonly type: 'exec';
  readonly command: string[];
  readonly env: Record<string, string>;
  readonly timeout_ms?: number;
  readonly user?: string;
  readonly working_directory?: string;
}

export interface ShellAction {
  readonly commands: string[];
  readonly timeout_ms: number | null;
  readonly max_output_length: number | null;
}

export type PatchOperation =
  | { readonly type: 'create_file' | 'update_file'; readonly path: string; readonly diff: string }
  | { readonly type: 'delete_file'; readonly path: string };

/** An agent's use of a tool of its own, or the gateway's of a server's. */
export type ActivityItem =
  | {
      readonly id: string;
      readonly type: 'mcp_call';
      readonly status: 'in_progress' | 'completed' | 'failed';
      readonly server_label: string;
      readonly name: string;
      readonly arguments: string;
      readonly output: string | null;
      readonly error: string | null;
      /** The request for approval of a call that the caller was asked about; null for others. */
      readonly approval_request_id: string | null;
    }
  | {
      readonly id: string;
      readonly type: 'web_search_call';
      readonly status: 'in_progress' | 'completed' | 'failed';
      readonly action: { readonly type: 'search'; readonly query: string; sources?: { readonly type: 'url'; readonly url: string }[] };
    };

/** Which tools of an MCP server there are. */
export interface McpListItem {
  readonly id: string;
  readonly type: 'mcp_list_tools';
  readonly server_label: string;
  readonly tools: {
    readonly name: string;
    readonly description: string;
    readonly input_schema: JsonObject;
    readonly annotations: JsonObject | null;
  }[];
  readonly error: null;
}

/** A call that the caller has to allow. */
export interface ApprovalRequestItem {
  readonly id: string;
  readonly type: 'mcp_approval_request';
  readonly server_label: string;
  readonly name: string;
  readonly arguments: string;
}

/** A summary of what was said, sealed. */
export interface CompactionItem {
  readonly id: string;
  readonly type: 'compaction';
  readonly encrypted_content: string;
}
