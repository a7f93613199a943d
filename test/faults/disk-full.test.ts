import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { textReply } from '@claude-code-api/mock-anthropic';
import { answerOf } from '../support/chat/answer-of.ts';
import { askResponses, textOf } from '../support/chat/ask-responses.ts';
import { newestCli } from '../support/cli/cli-versions.ts';
import { expectErrorInStream, expectErrorResponse } from '../support/chat/expect-error.ts';
import { startLeakCheck, type LeakCheck } from '../support/leak-check.ts';
import { mountSmallDisk } from '../support/servers/small-disk.ts';
import { createCommandPlace } from '../support/servers/start-command.ts';
import { startTestServer, type TestServer } from '../support/servers/start-test-server.ts';
import { until } from '../support/until.ts';

// Where no disk can be mounted, storage-faults.test.ts of the node package has the same with a driver that says it is full.
const disk = mountSmallDisk();
const unavailable = { status: 503, type: 'server_error', code: 'storage_unavailable' };
const model = 'claude-sonnet-4-5';
const user = (content: string): object => ({ role: 'user', content });

let leaks: LeakCheck;
let server: TestServer | undefined;
beforeEach(() => {
  leaks = startLeakCheck();
});
afterEach(async () => {
  disk?.clear();
  await server?.close();
  server = undefined;
  await leaks.finish();
});
afterAll(() => disk?.remove());

/** The files on the disk, but for those that fill it. */
function filesOn(path: string): string[] {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) => (entry.isFile() && !entry.parentPath.endsWith('filling') ? [`${entry.parentPath}/${entry.name}`] : []));
}

/** Does something in a place for temporary files. */
async function withTemporary<Result>(path: string, use: () => Promise<Result>): Promise<Result> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = path;
  try {
    return await use();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

test.skipIf(disk === undefined)(
  'no room for conversations: who names one gets an error, who names none an answer, and nothing is torn',
  async () => {
    const { path } = disk!;
    const storage = join(path, 'storage');
    const settings = { 'storage.driver': 'fs', 'storage.path': storage };
    const started = (server = await startTestServer({ settings, runner: { minIdle: 0, maxIdle: 0 } }));
    const first = await started.chat({ model, messages: [user('one')] });
    const id = first.headers.get('x-conversation-id');
    expect(await answerOf(first)).toBe('Hello world');
    const stored = await (await fetch(`${started.url}/v1/conversations/${id}`)).json();
    const files = filesOn(path);

    disk!.fill('bytes');
    const second = { model, conversation_id: id, messages: [user('two')] };
    await expectErrorResponse(await started.chat(second), { ...unavailable, retryAfter: '1' });
    await expectErrorInStream(await started.chat({ ...second, stream: true }), { ...unavailable, text: 'Hello world' });
    const created = await fetch(`${started.url}/v1/conversations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await expectErrorResponse(created, { ...unavailable, retryAfter: '1' });
    // Neither a new conversation nor the cache is worth an error.
    const unnamed = await started.chat({ model, messages: [user('other')], seed: 1 });
    expect(unnamed.headers.get('x-conversation-id')).toBeNull();
    expect(await answerOf(unnamed)).toBe('Hello world');
    expect(await (await fetch(`${started.url}/v1/conversations/${id}`)).json()).toEqual(stored);
    expect(filesOn(path)).toEqual(files);

    disk!.clear();
    expect(await answerOf(started.chat(second))).toBe('Hello world');
    const roles = started.mock
      .messages()
      .at(-1)
      ?.body.messages.map(({ role }) => role);
    expect(roles).toEqual(['user', 'assistant', 'user']);
    await started.close();
    server = undefined;
    rmSync(storage, { recursive: true });
  },
);

test.skipIf(disk === undefined)(
  'no room while a response is made in the background: it goes on, and is whole when there is room again',
  async () => {
    const storage = join(disk!.path, 'storage');
    const settings = { 'storage.driver': 'fs', 'storage.path': storage };
    const started = (server = await startTestServer({ settings, runner: { minIdle: 0, maxIdle: 0 } }));
    const responses = askResponses(started.url);
    const words = Array.from({ length: 15 }, (_, index) => `${index} `);
    let goOn = (): void => {};
    started.mock.reply(textReply(words, { chunkDelayMs: 100, afterFirst: new Promise<void>((resolve) => (goOn = resolve)) }));
    const stream = await responses.stream({ background: true });
    await until(() => stream.text() !== '', 'the first word');
    const id = await stream.id();
    disk!.fill('bytes');
    goOn();
    await until(() => stream.text() === words.join(''), 'the last words');
    expect((await responses.get(id)).status).toBe('in_progress');
    await expectErrorResponse(await responses.post({ background: true }), { ...unavailable, retryAfter: '1' });
    disk!.clear();
    await stream.done;
    expect(stream.events.at(-1)).toMatchObject({ type: 'response.completed' });
    expect(textOf(await responses.get(id))).toBe(words.join(''));
    expect((await responses.ask({ previous_response_id: id })).status).toBe('completed');
    const { id: next } = await responses.ask({ background: true });
    expect(textOf(await responses.until(next, 'completed'))).toBe('Hello world');
    await started.close();
    server = undefined;
    rmSync(storage, { recursive: true });
  },
);

test.skipIf(disk === undefined)(
  'no room for the private files: errors, or answers where no file is needed, and then all is well',
  async () => {
    const { path } = disk!;
    const settings = { 'profiles.agent': '{"tools":["Write"]}' };
    const started = (server = await withTemporary(path, () => startTestServer({ settings, runner: { minIdle: 0, maxIdle: 0 } })));
    disk!.fill('files');
    // No CLI has run yet, and its first one makes a directory.
    await expectErrorResponse(await started.chat({ model, messages: [user('one')] }), {
      status: 503,
      type: 'server_error',
      code: 'claude_unavailable',
    });
    disk!.clear();
    expect(await answerOf(started.chat({ model, messages: [user('one')] }))).toBe('Hello world');
    disk!.fill('files');
    const history = [user('two'), { role: 'assistant', content: 'Hello.' }, user('three')];
    expect(await answerOf(started.chat({ model, messages: history }))).toBe('Hello world');
    const refused = await started.chat({ model: `agent/${model}`, messages: [user('four')] });
    const text = await refused.text();
    expect(refused.status, text).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ error: { type: 'server_error' } });
    expect(text).not.toContain(path);
    disk!.clear();
    expect(await answerOf(started.chat({ model: `agent/${model}`, messages: [user('four')] }))).toBe('Hello world');
    await started.close();
    server = undefined;
    expect(filesOn(path)).toEqual([]);
  },
);

test.skipIf(disk === undefined)('no room at the start: it says so, and ends', async () => {
  disk!.fill('files');
  const place = createCommandPlace('http://127.0.0.1:1');
  try {
    const command = place.run(['--server.port=0', `--claude.command=${newestCli.path}`], { environment: { TMPDIR: disk!.path } });
    expect(await command.ended).toBe(1);
    expect(command.output.stderr).toMatch(/no space left/i);
    expect(command.output.stderr).not.toMatch(/^\s+at /m);
  } finally {
    await place.remove();
  }
});
