import autocannon from 'autocannon';

/** Asks a server so many times, 50 requests at once, each with a question of its own, and whatever `more` says. */
export async function load(url: string, amount: number, more: object = {}): Promise<void> {
  const body = JSON.stringify({ model: 'sonnet', messages: [{ role: 'user', content: 'Question [<id>]' }], ...more });
  const result = await autocannon({
    url: `${url}/v1/chat/completions`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    idReplacement: true,
    connections: Math.min(50, amount),
    amount,
  });
  if (result['2xx'] !== amount) throw new Error(`Of ${amount} requests ${result['2xx']} succeeded.`);
}
