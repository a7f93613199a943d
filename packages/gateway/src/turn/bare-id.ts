/** An id of a call in the form in which ids are compared: some clients strip its underscores. */
export function bareId(id: string): string {
  return id.replaceAll('_', '');
}
