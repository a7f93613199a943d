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

/** Tells whether a body has what the API requires: model, max_tokens, messages with a role and content, well-formed lists. */
export function isMessagesBody(body: unknown): body is MessagesBody {
  return (
    isObject(body) &&
    typeof body['model'] === 'string' &&
    typeof body['max_tokens'] === 'number' &&
    isListOf(body['messages'], (message) => typeof message['role'] === 'string' && isContent(message['content'])) &&
    (body['system'] === undefined || isContent(body['system'])) &&
    (body['tools'] === undefined || isListOf(body['tools'], (tool) => typeof tool['name'] === 'string'))
  );
}

function isContent(content: unknown): boolean {
  return typeof content === 'string' || isListOf(content, (block) => typeof block['type'] === 'string');
}

function isListOf(list: unknown, isItem: (item: Readonly<Record<string, unknown>>) => boolean): boolean {
  return Array.isArray(list) && list.every((item: unknown) => isObject(item) && isItem(item));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
