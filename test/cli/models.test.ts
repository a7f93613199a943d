import { describe, expect, test } from 'vitest';
import { minimumCli, newestCli } from '../support/cli/cli-versions.ts';
import { startTestServer } from '../support/servers/start-test-server.ts';

describe.each([newestCli, minimumCli])('with CLI $version', (cli) => {
  test('models have names for people, and their window once they were asked', async () => {
    const server = await startTestServer({ cli, runner: { minIdle: 1, maxIdle: 1 } });
    try {
      const get = async (headers = {}): Promise<Record<string, unknown>> =>
        (await (await fetch(`${server.url}/v1/models/sonnet`, { headers })).json()) as Record<string, unknown>;
      const first = await get();
      expect(first).toMatchObject({ id: 'sonnet', display_name: 'Sonnet 5.5', input_modalities: ['text', 'image', 'file'] });
      expect(first).not.toHaveProperty('context_window');
      expect((await server.chat({ model: 'sonnet', messages: [{ role: 'user', content: 'hi' }] })).status).toBe(200);
      await expect.poll(() => get()).toMatchObject({ context_window: 1_000_000, context_length: 1_000_000 });
      expect(await get({ 'anthropic-version': '2023-06-01' })).toMatchObject({
        type: 'model',
        display_name: 'Sonnet 5.5',
        max_input_tokens: 1_000_000,
      });
    } finally {
      await server.close();
    }
  });
});
