import * as z from 'zod/mini';
import { badRequest } from '../../gateway-error.ts';
import type { Sealer } from './create-sealer.ts';
import type { OpenBlock, OpenMessage, RequestMessage, RequestSeal } from '../turn-request.ts';

export interface OpenSealsOptions {
  readonly sealer: Sealer;
  readonly tenant: string;
  /** The model that is asked. */
  readonly model: string;
}

const sealedSchema = z.union([
  z.object({
    asked: z.string(),
    model: z.string(),
    block: z.discriminatedUnion('type', [
      z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
      z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
    ]),
  }),
  z.object({ summary: z.string() }),
]);

/** A summary of what was said before, in the place of it. */
export interface SealedSummary {
  readonly summary: string;
}

/**
 * Puts what is in the seals of a request in their place. Thinking of another model is left out, which the API would not take; so is what others
 * have sealed.
 *
 * @throws {GatewayError} 400 for a seal that was changed, or is another tenant's, and for a summary that others have sealed.
 */
export async function openSeals(messages: readonly RequestMessage[], options: OpenSealsOptions): Promise<readonly OpenMessage[]> {
  const opened: OpenMessage[] = [];
  for (const message of messages) opened.push(isOpen(message) ? message : await openMessage(message, options));
  return opened;
}

/** Whether nothing is sealed in it, as in nearly all. */
export function isOpen(message: RequestMessage): message is OpenMessage {
  return !message.content.some(({ type }) => type === 'sealed');
}

async function openMessage(message: RequestMessage, options: OpenSealsOptions): Promise<OpenMessage> {
  const content: OpenBlock[] = [];
  let model: string | undefined;
  for (const block of message.content) {
    const opened: Opened = block.type === 'sealed' ? await open(block, options) : { block };
    if (opened.block !== undefined) content.push(opened.block);
    model ??= opened.model;
  }
  return { ...message, content, ...(model !== undefined && { model }) };
}

interface Opened {
  /** Undefined for what is left out. */
  readonly block: OpenBlock | undefined;
  readonly model?: string;
}

async function open({ seal, kind, place }: RequestSeal, { sealer, tenant, model: asked }: OpenSealsOptions): Promise<Opened> {
  const text = await sealer.open(seal, tenant, place);
  const sealed = text === undefined ? undefined : sealedSchema.parse(JSON.parse(text));
  if (kind === 'summary') {
    if (sealed !== undefined && 'summary' in sealed) return { block: { type: 'text', text: sealed.summary } };
    throw badRequest(
      `Invalid value for '${place}': this server has not made it. Send the history itself.`,
      place,
      'invalid_encrypted_content',
    );
  }
  if (sealed === undefined || 'summary' in sealed || sealed.asked !== asked) return { block: undefined };
  return { block: sealed.block, model: sealed.model };
}
