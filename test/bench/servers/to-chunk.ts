/** A chunk as the gateway makes it. */
export function toChunk(content: string): string {
  return JSON.stringify({
    id: 'chatcmpl-00000000-0000-4000-8000-000000000000',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'sonnet',
    system_fingerprint: 'fp_claude_code',
    choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
  });
}
