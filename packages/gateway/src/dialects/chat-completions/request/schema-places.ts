import type { SchemaPlaces } from '../../../engine/turn-request.ts';
import type { ChatCompletionRequest } from './request-schema.ts';

/** Where a request has its schemas, for errors. */
export function schemaPlaces({ tools, functions }: Pick<ChatCompletionRequest, 'tools' | 'functions'>): SchemaPlaces {
  const places = tools
    ? tools.flatMap((tool, index) => (tool.type === 'custom' ? [] : [[tool.function.name, `tools[${index}].${placeIn(tool)}`] as const]))
    : (functions ?? []).map(({ name }, index) => [name, `functions[${index}].parameters`] as const);
  return { outputSchema: 'response_format.json_schema.schema', tools: new Map(places) };
}

/** As the caller wrote it: see `toOpenaiTool`. */
function placeIn({ name, input_schema: schema }: Readonly<Record<string, unknown>>): string {
  if (schema !== undefined) return 'input_schema';
  return name === undefined ? 'function.parameters' : 'parameters';
}
