import { MachineError } from './machine-error.ts';

/**
 * Reads what a machine answers with, which is JSON.
 *
 * @throws {MachineError} For anything else, and for more characters than that.
 */
export async function readAnswer({ body }: Response, maxCharacters: number): Promise<unknown> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    text += decoder.decode(next.value, { stream: true });
    if (text.length <= maxCharacters) continue;
    void reader?.cancel().catch(() => {});
    throw MachineError.brokenProtocol('it is too long');
  }
  try {
    const answer: unknown = JSON.parse(text + decoder.decode());
    return answer;
  } catch (error) {
    throw MachineError.brokenProtocol(error);
  }
}
