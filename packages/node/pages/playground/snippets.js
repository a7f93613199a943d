/** The same request as programs: each runs as it stands, with the key in the variable `KEY`. */
export const snippets = {
  curl: (base, body) =>
    [
      `curl -N ${base}/v1/chat/completions \\`,
      `  -H "authorization: Bearer $KEY" -H "content-type: application/json" \\`,
      `  -d @- <<'EOF'`,
      // No line of JSON is the word that ends it.
      JSON.stringify(body, null, 2),
      'EOF',
    ].join('\n'),

  python: (base, body) => {
    const [own, more] = split(body);
    const extra = Object.keys(more).length === 0 ? [] : [`    extra_body=${toPython(more, 4)},`];
    return [
      'import os',
      'from openai import OpenAI',
      '',
      `client = OpenAI(base_url="${base}/v1", api_key=os.environ.get("KEY", "none"))`,
      'stream = client.chat.completions.create(',
      ...Object.entries(own).map(([name, value]) => `    ${name}=${toPython(value, 4)},`),
      ...extra,
      ')',
      'for chunk in stream:',
      '    for choice in chunk.choices:',
      '        print(choice.delta.content or "", end="", flush=True)',
    ].join('\n');
  },

  javascript: (base, body) =>
    [
      `import OpenAI from 'openai';`,
      '',
      `const client = new OpenAI({ baseURL: '${base}/v1', apiKey: process.env.KEY ?? 'none' });`,
      `const stream = await client.chat.completions.create(${JSON.stringify(body, null, 2)});`,
      `for await (const { choices } of stream) process.stdout.write(choices[0]?.delta.content ?? '');`,
    ].join('\n'),
};

/** What OpenAI's own clients know, and what goes beside it. */
function split(body) {
  const { conversation_id, activity, ...own } = body;
  return [own, { ...(conversation_id !== undefined && { conversation_id }), ...(activity !== undefined && { activity }) }];
}

/** As a literal of Python, whose strings are JSON's. */
function toPython(value, indent) {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null) return 'None';
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = ' '.repeat(indent + 4);
  const parts = Array.isArray(value)
    ? value.map((each) => toPython(each, indent + 4))
    : Object.entries(value).map(([name, each]) => `${JSON.stringify(name)}: ${toPython(each, indent + 4)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${parts.map((part) => `${inner}${part},`).join('\n')}\n${' '.repeat(indent)}${close}`;
}
