/** Whether a response is a redirect that was not followed: a request with a secret must not follow one. Workers know no `redirect: "error"`. */
export function leadsElsewhere({ status, type }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400);
}
