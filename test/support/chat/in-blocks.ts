/** A deep copy of what the API was asked, in which each message that is a text alone is the one block that it stands for. */
export function inBlocks<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value, (_, each: unknown) => withBlock(each))) as Value;
}

function withBlock(value: unknown): unknown {
  const isText = typeof value === 'object' && value !== null && 'role' in value && 'content' in value && typeof value.content === 'string';
  return isText ? { ...value, content: [{ type: 'text', text: value.content }] } : value;
}
