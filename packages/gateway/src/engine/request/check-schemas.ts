import { badRequest } from '../../bad-request.ts';
import { problemOfSchema } from '../../json-schema/problem-of-schema.ts';
import { problemOfSize } from '../../json-schema/problem-of-size.ts';
import type { TurnRequest } from '../turn-request.ts';

/**
 * Looks at what a dialect need not: the schemas of a request, and the names of its tools. Of what the API defines it knows itself.
 *
 * @throws {GatewayError} 400 for a schema by which no answer can be checked, one that is too large, and a tool's name that is given twice.
 */
export function checkSchemas({ tools, outputSchema }: Pick<TurnRequest, 'tools' | 'outputSchema'>): void {
  const problem = outputSchema && problemOfSchema(outputSchema);
  if (problem !== undefined) throw badRequest(`Invalid schema for 'outputSchema': ${problem}.`, 'outputSchema', 'invalid_json_schema');
  const names = new Set<string>();
  for (const { name, inputSchema, strict, definition } of tools) {
    if (definition !== undefined) continue;
    if (names.has(name)) throw badRequest(`Invalid value for 'tools': the name '${name}' is given twice.`, 'tools');
    names.add(name);
    const found = strict ? problemOfSchema(inputSchema) : problemOfSize(inputSchema);
    if (found !== undefined) throw badRequest(`Invalid schema for the tool '${name}': ${found}.`, 'tools', 'invalid_function_parameters');
  }
}
