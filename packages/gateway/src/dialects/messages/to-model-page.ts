import { badRequest } from '../../gateway-error.ts';

/** What is known of a model. */
export interface KnownModel {
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  readonly display_name?: string;
  /** In tokens. */
  readonly context_window?: number;
}

/** A model as Anthropic's API has it. */
export interface AnthropicModel {
  readonly type: 'model';
  readonly id: string;
  readonly display_name: string;
  readonly created_at: string;
  /** Absent where it is not known. */
  readonly max_input_tokens?: number;
}

export interface AnthropicModelPage {
  readonly data: readonly AnthropicModel[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

const largestPage = 1000;

export function toAnthropicModel({ id, created, display_name: called = id, context_window: window }: KnownModel): AnthropicModel {
  const createdAt = new Date(created * 1000).toISOString();
  return { type: 'model', id, display_name: called, created_at: createdAt, ...(window !== undefined && { max_input_tokens: window }) };
}

/**
 * Makes a page of models; 20 where `limit` does not say.
 *
 * @throws {GatewayError} 400 for a limit that is none, or a model that is not there.
 * @see https://docs.anthropic.com/en/api/models-list
 */
export function toModelPage(models: readonly KnownModel[], query: URLSearchParams): AnthropicModelPage {
  const limit = Number(query.get('limit') ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > largestPage)
    throw badRequest(`Invalid value for 'limit': it must be a number from 1 to ${largestPage}.`, 'limit');
  const after = placeOf('after_id');
  const before = placeOf('before_id');

  function placeOf(param: string): number | undefined {
    const id = query.get(param);
    if (id === null) return undefined;
    const place = models.findIndex((model) => model.id === id);
    if (place === -1) throw badRequest(`Invalid value for '${param}': there is no model '${id}'.`, param);
    return place;
  }

  const ahead = models.slice(after === undefined ? 0 : after + 1, before);
  // A page before a model is that right before it.
  const page = before === undefined ? ahead.slice(0, limit) : ahead.slice(-limit);
  const data = page.map(toAnthropicModel);
  return { data, has_more: page.length < ahead.length, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}
