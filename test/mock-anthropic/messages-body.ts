/** The body of a POST /v1/messages; keys that are not named here are kept. */
export interface MessagesBody {
  readonly model: string;
  readonly messages: readonly MessageParam[];
  readonly max_tokens: number;
  readonly system?: string | readonly BlockParam[];
  readonly tools?: readonly ToolParam[];
  readonly tool_choice?: Readonly<Record<string, unknown>>;
  readonly stream?: boolean;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly stop_sequences?: readonly string[];
  readonly thinking?: { readonly type: string; readonly budget_tokens?: number; readonly [key: string]: unknown };
  readonly output_config?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** One message of a request. */
export interface MessageParam {
  readonly role: string;
  readonly content: string | readonly BlockParam[];
  readonly [key: string]: unknown;
}

/** A content block of a request: which keys it has depends on its type. */
export interface BlockParam {
  readonly type: string;
  readonly text?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly is_error?: boolean;
  readonly content?: string | readonly BlockParam[];
  readonly source?: Readonly<Record<string, unknown>>;
  readonly thinking?: string;
  readonly signature?: string;
  readonly [key: string]: unknown;
}

/** A tool of a request; only the API's own tools have a type and no schema. */
export interface ToolParam {
  readonly name: string;
  readonly description?: string;
  readonly input_schema?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}
