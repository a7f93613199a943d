import { ask, problemOf } from '../shared/server.js';

/** Shows what the server has kept of a conversation. It gives whether there is one; that it can't be read is thrown. */
export async function showKept(id, key, talk) {
  const items = [];
  for (let more = true, after = ''; more;) {
    const response = await ask(`v1/conversations/${encodeURIComponent(id)}/items?limit=100&order=asc${after}`, key);
    if (response.status === 404) return false;
    if (!response.ok) throw await problemOf(response);
    const page = await response.json();
    items.push(...page.data);
    more = page.has_more;
    after = `&after=${encodeURIComponent(page.last_id)}`;
  }
  let answer;
  const answering = () => (answer ??= talk.answer('Claude'));
  for (const item of items) {
    const texts = (item.content ?? []).map(({ text }) => text ?? '').join('');
    if (item.type === 'message' && item.role === 'user') {
      answer?.end('');
      answer = undefined;
      talk.question(texts, item.content.filter(({ image_url: url }) => url?.startsWith('data:')).map(toPicture));
    } else if (item.type === 'message') answering().addText(texts);
    else if (item.type === 'reasoning') answering().addThinking(texts);
    else answering().addActivity(toActivity(item));
  }
  answer?.end('');
  return true;
}

const toPicture = ({ image_url: url }, index) => ({ name: `Picture ${index + 1}`, url });

function toActivity({ type, call_id: id, name, arguments: json, output }) {
  if (type === 'function_call') return { id, name, input_json: json, status: 'running' };
  return { id, status: 'completed', result: typeof output === 'string' ? output : JSON.stringify(output) };
}
