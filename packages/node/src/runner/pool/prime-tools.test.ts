import { expect, test } from 'vitest';
import { CliProcessError } from '../process/cli-process-error.ts';
import type { CliProcess } from '../process/cli-process.ts';
import { createToolPrimer } from './prime-tools.ts';

type Answer = 'asks' | 'says nothing' | 'refused' | 'ended';

/** A CLI that does so with the server that it is given, and with the wish to be rid of it. */
function start(given: Answer, taken: Answer = 'says nothing') {
  const asked: unknown[] = [];
  const sent: unknown[] = [];
  let isStopped = false;
  const cli = {
    listener: undefined,
    busy: undefined,
    failure: undefined,
    send: (line: object) => void sent.push(line),
    async stop() {
      isStopped = true;
    },
    async control(request: { readonly servers: object }) {
      asked.push(request);
      const answer = asked.length === 1 ? given : taken;
      if (answer === 'refused' || answer === 'ended') throw new CliProcessError(answer, 'no');
      if (answer !== 'asks') return;
      for (const method of ['initialize', 'notifications/initialized', 'tools/list']) {
        const message = { jsonrpc: '2.0', id: 1, method };
        cli.listener?.onMessage({ type: 'control_request', request_id: method, request: { subtype: 'mcp_message', message } });
      }
    },
  } as unknown as CliProcess;
  return { cli, asked, sent, isStopped: () => isStopped };
}

test('a server is connected, asked for its tools, and taken away; nobody has the process meanwhile', async () => {
  const { cli, asked, sent } = start('asks');
  const priming = createToolPrimer()(cli);
  let isFree = false;
  void cli.busy?.then(() => (isFree = true));
  expect(cli.listener).toBeDefined();
  expect(isFree).toBe(false);
  await priming;
  expect(asked).toEqual([
    { subtype: 'mcp_set_servers', servers: { prime: { type: 'sdk', name: 'prime' } } },
    { subtype: 'mcp_set_servers', servers: {} },
  ]);
  expect(sent).toHaveLength(3);
  expect([cli.listener, cli.busy]).toEqual([undefined, undefined]);
});

test('a process that somebody has is left alone', async () => {
  const { cli, asked } = start('asks');
  cli.listener = { onMessage() {}, onEnd() {} };
  await createToolPrimer()(cli);
  expect(asked).toEqual([]);
});

test('a CLI that does not know how is as good as before, and is not asked again', async () => {
  const prime = createToolPrimer();
  const refusing = start('refused');
  await prime(refusing.cli);
  expect(refusing.isStopped()).toBe(false);
  const next = start('asks');
  await prime(next.cli);
  expect(next.asked).toEqual([]);
});

test('a process that keeps the server is nobody’s, and no other is tried', async () => {
  const prime = createToolPrimer();
  const keeping = start('asks', 'refused');
  await expect(prime(keeping.cli)).rejects.toMatchObject({ kind: 'refused' });
  expect(keeping.isStopped()).toBe(true);
  const next = start('asks');
  await prime(next.cli);
  expect(next.asked).toEqual([]);
});

test('one that ends on the way fails', async () => {
  await expect(createToolPrimer()(start('ended').cli)).rejects.toMatchObject({ kind: 'ended' });
});
