import type { Tool } from '../../../turn/tool.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

type CustomDefinition = Extract<NonNullable<ChatCompletionRequest['tools']>[number], { type: 'custom' }>['custom'];

/** Claude's tools take an object: of one text here. A grammar is told, not enforced. */
export function toCustomTool({ name, description, format }: CustomDefinition): Tool {
  return {
    name,
    description: [description ?? '', ruleOf(format)].filter((text) => text !== '').join('\n\n'),
    inputSchema: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'], additionalProperties: false },
    strict: false,
  };
}

function ruleOf(format: CustomDefinition['format']): string {
  if (format?.type !== 'grammar') return '';
  const { syntax, definition } = format.grammar;
  const rule = syntax === 'lark' ? 'must be a text of this Lark grammar' : 'must match this regular expression as a whole';
  return `The input ${rule}:\n\n${definition}`;
}
