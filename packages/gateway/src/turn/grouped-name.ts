const maxLength = 64;

/** The name that Claude knows a tool by that stands in a group, such as a namespace or a server: the group's and its own. */
export function groupedName(group: string, name: string): string {
  const whole = `${group}__${name}`;
  if (whole.length <= maxLength) return whole;
  const end = `_${hashOf(whole)}`;
  return whole.slice(0, maxLength - end.length) + end;
}

/** The name that the model knows a server's tool by. */
export function hostedName(server: string, tool: string): string {
  return groupedName(server.replaceAll(/[^\w-]/g, '_'), tool.replaceAll(/[^\w-]/g, '_'));
}

/** Tells long names apart that begin alike. */
function hashOf(text: string): string {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) >>> 0;
  return hash.toString(36);
}
