import { badRequest } from '../../gateway-error.ts';
import { problemOfSchema } from '../../json-schema/problem-of-schema.ts';
import { problemOfSize } from '../../json-schema/problem-of-size.ts';
import type { Tool } from '../../turn/tool.ts';
import type { TurnRequest } from '../turn-request.ts';

/**
 * Looks at what no dialect looks at: the schemas of a request, and the names of its tools. Of what the API defines it knows itself.
 *
 * @throws {GatewayError} 400 for a schema by which no answer can be checked, one that is too large or not an object's, and a tool's name that is
 *   given twice.
 */
export function checkSchemas({ tools, outputSchema, schemaPlaces }: Pick<TurnRequest, 'tools' | 'outputSchema' | 'schemaPlaces'>): void {
  const problem = outputSchema && problemOfSchema(outputSchema);
  if (problem !== undefined) {
    const place = schemaPlaces?.outputSchema ?? 'outputSchema';
    throw badRequest(`Invalid schema for '${place}': ${problem}.`, place, 'invalid_json_schema');
  }
  const names = new Set<string>();
  for (const tool of tools) {
    if (tool.definition !== undefined) continue;
    const { name } = tool;
    if (names.has(name)) throw badRequest(`Invalid value for 'tools': the name '${name}' is given twice.`, 'tools');
    names.add(name);
    const found = problemOfTool(tool);
    if (found === undefined) continue;
    const place = schemaPlaces?.tools.get(name) ?? 'tools';
    throw badRequest(`Invalid schema for the function '${name}': ${found}.`, place, 'invalid_function_parameters');
  }
}

/** A strict tool's schema must be understood whole; of any other the model makes what it can. */
function problemOfTool({ inputSchema, strict }: Tool): string | undefined {
  const { type } = inputSchema;
  const isForObjects = type === undefined || type === 'object' || (Array.isArray(type) && type.includes('object'));
  if (!isForObjects) return "its 'type' must be 'object'";
  return strict ? problemOfSchema(inputSchema) : problemOfSize(inputSchema);
}
