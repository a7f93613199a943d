import { expect } from 'vitest';

/** What a completion says; checks that it is one. */
export async function answerOf(responding: Response | Promise<Response>): Promise<string> {
  const response = await responding;
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return (JSON.parse(text) as { choices: [{ message: { content: string } }] }).choices[0].message.content;
}
