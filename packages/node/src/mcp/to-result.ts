import type { McpResult } from '@claude-code-api/gateway';
import * as z from 'zod';

const block = z.looseObject({ type: z.string() });
const textBlock = z.looseObject({ type: z.literal('text'), text: z.string() });
const resourceBlock = z.looseObject({ type: z.literal('resource'), resource: z.looseObject({ text: z.string() }) });

/** What a tool of an MCP server answers. */
export const callResultSchema = z.looseObject({
  content: z.array(block).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
});

/** The longest result that Claude takes whole. */
const maxCharacters = 500_000;

/** The texts of a result; of what is none its kind, since no caller could bring more of it back. */
export function toResult({ content, structuredContent, isError = false }: z.infer<typeof callResultSchema>): McpResult {
  const texts = content.map((each) => {
    const text = textBlock.safeParse(each);
    if (text.success) return text.data.text;
    const resource = resourceBlock.safeParse(each);
    return resource.success ? resource.data.resource.text : `[${each.type}]`;
  });
  if (texts.length === 0 && structuredContent !== undefined) texts.push(JSON.stringify(structuredContent));
  const text = texts.join('\n') || '(no output)';
  if (text.length <= maxCharacters) return { text, isError };
  return { text: `The result has more than ${maxCharacters} characters. Ask for less.`, isError: true };
}
