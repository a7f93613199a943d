/** Whether an answer is a redirect that was not followed. Workers can't have a redirect fail, which is what a request with a secret wants. */
export function leadsElsewhere({ status, type }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400);
}
