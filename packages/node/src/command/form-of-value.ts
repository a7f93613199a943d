/** What a value of a type looks like, for people. */
export function formOfValue(type: string): string {
  if (type === 'array') return 'list';
  return type === 'object' ? 'JSON' : type;
}
