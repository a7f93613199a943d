import type { Tool } from '../../turn/tool.ts';
import type { ModelAbilities } from '../../ports/claude-runner.ts';
import { toClaudeSchema, type SchemaRoom } from './to-claude-schema.ts';
import { toToolSchema } from './to-tool-schema.ts';

/** The most strict tools that the API takes in one request. */
const maxStrict = 20;

/**
 * Tools with schemas that the API takes. A strict one has what the model can be held to, as `response_format` has; where the model
 * can't be held to it, or there is no room for it, it is the model's best effort.
 *
 * @see https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs
 */
export function toClaudeTools(tools: readonly Tool[], abilities: ModelAbilities, room: SchemaRoom): readonly Tool[] {
  let left = room;
  let strictOnes = 0;
  return tools.map((tool) => {
    if (tool.definition !== undefined) return tool;
    const inputSchema = toToolSchema(tool.inputSchema);
    const wanted = tool.strict && abilities.outputFormat && strictOnes < maxStrict;
    const adapted = wanted ? toClaudeSchema(inputSchema, left) : undefined;
    if (adapted === undefined) return inputSchema === tool.inputSchema && !tool.strict ? tool : { ...tool, inputSchema, strict: false };
    ({ left } = adapted);
    strictOnes += 1;
    return { ...tool, inputSchema: adapted.schema };
  });
}
