import { afterAll, beforeAll, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/start-test-server.ts';
import { newestCli, minimumCli } from '../support/cli-versions.ts';
import { describe } from 'vitest';
describe.each([newestCli, minimumCli])('$version', (cli) => {
let server: TestServer;
beforeAll(async () => { server = await startTestServer({cli}); });
afterAll(() => server.close());
test('x', async () => {
  for (const p of [{}, {max_tokens: 77, temperature: 1.7, top_k: 5, stop: ['a'], user: 'u1'}, {top_p: 0.3}, {reasoning_effort: 'low'}, {reasoning_effort:'none'}, {thinking:{type:'enabled',budget_tokens:2000}}, {model:'claude-3-5-haiku-latest', reasoning_effort: 'high'}, {model:'claude-3-5-haiku-latest'},
  {response_format:{type:'json_schema',json_schema:{name:'x',schema:{type:'object',properties:{a:{type:'number',minimum:2}},required:['a']}}}, reasoning_effort:'low'}]) {
    server.mock.reset();
    const r = await server.chat({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }], ...p });
    console.log(cli.version, JSON.stringify(p), r.status, (await r.text()).slice(0,300));
    for (const m of server.mock.messages()) { const {messages, system, ...b} = m.body; console.log(JSON.stringify(b), JSON.stringify(messages).slice(0,200)); }
  }
});
});
