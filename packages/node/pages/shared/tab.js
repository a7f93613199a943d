/** What is known in this tab only: it goes when the tab is closed. */
export function readTab(name) {
  try {
    return sessionStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function writeTab(name, value) {
  try {
    if (value === undefined) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // Without storage it is known until the page is left.
  }
}

/** All pages of a server have the same key. */
export const keyName = 'claude-code-api-key';

/** What is wrong with a key that was typed; nothing when it may be one. */
export function keyProblem(key) {
  if (key === '') return 'Type a key first.';
  return /^[\x21-\x7e]+$/.test(key) ? '' : 'A key has only letters, digits and signs, without spaces.';
}
