/** A tool of this name, as OpenAI has its functions. */
export function toolNamed(name: string): object {
  return { name, description: 'Does something.', parameters: { type: 'object', properties: { what: { type: 'string' } } } };
}
