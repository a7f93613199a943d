import { problemOfSchema } from '../../json-schema/problem-of-schema.ts';
import type { Tool } from '../../turn/tool.ts';

export interface CustomToolWish {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly grammar?: { readonly syntax: 'lark' | 'regex'; readonly definition: string } | undefined;
}

const ruleOf = { lark: 'must be a text of this Lark grammar', regex: 'must match this regular expression as a whole' };

/** A tool that takes a text, as Claude's tools are: of an object with one text. Claude is told of a grammar; what it writes is checked by `checkOf`. */
export function toCustomTool({ name, description, grammar }: CustomToolWish): Tool {
  const rule = grammar === undefined ? '' : `The input ${ruleOf[grammar.syntax]}:\n\n${grammar.definition}`;
  return {
    name,
    description: [description ?? '', rule].filter((text) => text !== '').join('\n\n'),
    inputSchema: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'], additionalProperties: false },
    strict: false,
    ...(grammar?.syntax === 'regex' && checkOf(grammar.definition)),
  };
}

/** Nothing for an expression that can't be read as JavaScript's, or is too large to be tried. */
function checkOf(definition: string): Pick<Tool, 'check'> {
  const check = { properties: { input: { pattern: `^(?:${definition})$` } } };
  return problemOfSchema(check) === undefined ? { check } : {};
}
