import { afterAll, beforeAll, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
let server: TestServer;
beforeAll(async () => { server = await startTestServer({}); });
afterAll(() => server.close());
test('x', async () => {
  console.log(await (await fetch(server.url + '/v1/models')).text());
  for (const model of ['claude-3-opus-20240229','claude-3-7-sonnet-latest','claude-sonnet-4-0','claude-opus-4-20250514','claude-opus-4-1','claude-opus-4-5','claude-sonnet-4-5','claude-haiku-4-5','claude-opus-4-6','claude-sonnet-4-6','claude-opus-4-7','claude-opus-4-8','claude-sonnet-5','claude-opus-5','claude-sonnet-5-5','claude-haiku-5','opus','haiku','fable']) {
    server.mock.reset();
    const r = await server.chat({ model, messages: [{ role: 'user', content: 'hi' }] });
    await r.text();
    for (const m of server.mock.messages()) { const {messages, system, metadata, ...b} = m.body; console.log(model, r.status, JSON.stringify(b), JSON.stringify(m.headers['anthropic-beta'])); }
  }
});
