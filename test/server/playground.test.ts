import { execFile, execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { RunningServer } from '@claude-code-api/node';
import { createScriptedRunner, textScript, type Script, type ScriptedRunner } from '@claude-code-api/gateway/testing';
import { noUsage } from '../../packages/gateway/src/turn/usage.ts';
import { openDashboard, type OpenDashboard, type OpenDashboardOptions } from './dashboard/open-dashboard.ts';
import { makeKeys } from '../support/servers/make-keys.ts';
import { runAxe } from '../support/run-axe.ts';
import { startBrowser } from '../support/servers/start-browser.ts';
import { startScriptedTestServer } from '../support/servers/start-scripted-test-server.ts';
import { pixel } from '../support/chat/pictures.ts';

/** A machine may be busy. */

const run = promisify(execFile);
const models = ['sonnet', 'opus'].map((id) => ({ id, resolvedId: `claude-${id}-5-5`, displayName: id }));

let browser: Browser;
let server: RunningServer;
let runner: ScriptedRunner;
let script: Script;
let opened: OpenDashboard | undefined;
beforeAll(async () => {
  browser = await startBrowser();
  runner = createScriptedRunner({ models, script: (turn, signal) => script(turn, signal) });
  server = await startScriptedTestServer({}, { runner });
});
beforeEach(() => {
  script = textScript(['Hello ', 'world']);
});
afterEach(() => opened?.context.close());
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

async function open(options?: OpenDashboardOptions, url = server.url): Promise<OpenDashboard> {
  opened = await openDashboard(browser, { pageUrl: `${url}/` }, options);
  return opened;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.keyboard.press('Enter');
}

const answerOf = (page: Page) => page.locator('.answer').last();
/** The last line of an answer that has ended well. */
const ended = (page: Page): Promise<void> => answerOf(page).locator('.facts').waitFor();

const full: Script = async function* (turn) {
  yield { type: 'turn-start', model: turn.model, usage: noUsage };
  yield { type: 'thinking-delta', thinking: 'Where might it be?' };
  yield { type: 'text-delta', text: 'Let me look.' };
  yield { type: 'activity-start', id: 't1', name: 'Read', input: { file_path: '/notes' } };
  await released;
  yield { type: 'activity-end', id: 't1', result: 'All is well.', isError: false, denied: false };
  yield { type: 'activity-start', id: 't2', name: 'Bash', input: { command: 'ls' } };
  yield { type: 'activity-end', id: 't2', result: 'No.', isError: true, denied: true };
  for (const text of ['It is ', '**we', 'll**.\n\n## Why\n\n- on', 'e\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |'])
    yield { type: 'text-delta', text };
  yield { type: 'usage', usage: { ...noUsage, inputTokens: 1200, outputTokens: 34 } };
  yield { type: 'turn-end', reason: 'end_turn' };
};
let released: Promise<void> = Promise.resolve();

test('an answer is shown as it comes: what Claude thinks, its tools as they run, its text as Markdown, and what it took', async () => {
  let release = (): void => {};
  released = new Promise((resolve) => (release = resolve));
  script = full;
  const { page, complaints, addresses } = await open();
  await page.getByRole('combobox', { name: 'Model' }).selectOption('opus');
  await page.getByRole('combobox', { name: 'Thinking' }).selectOption('high');
  await say(page, 'Is all well?');
  const tool = page.locator('.tool').first();
  await tool.getByText('running').waitFor();
  // Text is drawn with the next picture of the screen.
  await answerOf(page).getByText('Let me look.').waitFor();
  expect(await page.getByRole('button', { name: 'Stop' }).isVisible()).toBe(true);
  release();
  await ended(page);
  const answer = answerOf(page);
  expect(await answer.locator('.status').allInnerTexts()).toEqual(['completed', 'denied']);
  await tool.locator('summary').click();
  expect(await tool.locator('pre').allInnerTexts()).toEqual(['{\n  "file_path": "/notes"\n}', 'All is well.']);
  expect(await answer.locator('.thinking p').textContent()).toBe('Where might it be?');
  expect(await answer.locator('strong').innerText()).toBe('well');
  expect(await answer.locator('li').allInnerTexts()).toEqual(['one', 'two']);
  expect(await answer.locator('td').allInnerTexts()).toEqual(['1', '2']);
  expect(await answer.locator('.facts').innerText()).toMatch(/^opus · 1,200 tokens in, 34 out · [\d.]+ s$/);
  // For those who do not see it: the whole, once it is there.
  expect(await page.locator('#said').textContent()).toContain('It is **well**.');
  expect(runner.turns.at(-1)).toMatchObject({ model: 'opus', effort: 'high' });
  expect(complaints).toEqual([]);
  expect(addresses.filter((address) => !address.startsWith(server.url))).toEqual([]);
});

test('the conversation goes on, outlives the page, and ends when a new one is begun', async () => {
  const { page, complaints } = await open();
  await page.getByText('System prompt').click();
  await page.getByRole('textbox', { name: 'System prompt' }).fill('Be short.');
  await say(page, 'My name is Ada.');
  await ended(page);
  await say(page, 'What is it?');
  await expect.poll(() => page.locator('.facts').count()).toBe(2);
  const said = () => runner.turns.at(-1)?.messages.map(({ role, content }) => [role, content[0]?.type === 'text' && content[0].text]);
  const soFar = [
    ['user', 'My name is Ada.'],
    ['assistant', 'Hello world'],
    ['user', 'What is it?'],
  ];
  expect(said()).toEqual(soFar);
  expect(JSON.stringify(runner.turns.at(-1)?.system)).toContain('Be short.');

  await page.reload();
  await page.getByText('My name is Ada.').waitFor();
  expect(await page.locator('article').count()).toBe(4);
  await say(page, 'Really?');
  await ended(page);
  expect(said()).toEqual([...soFar, ['assistant', 'Hello world'], ['user', 'Really?']]);

  // One that is gone is begun again, with what was said since the page was loaded.
  for (const { id } of ((await (await fetch(`${server.url}/v1/conversations`)).json()) as { data: { id: string }[] }).data)
    await fetch(`${server.url}/v1/conversations/${id}`, { method: 'DELETE' });
  await say(page, 'Still there?');
  await page.locator('.answer [role="alert"]').waitFor();
  await page.getByRole('button', { name: 'Send' }).click();
  await ended(page);
  expect(said()).toEqual([
    ['user', 'Really?'],
    ['assistant', 'Hello world'],
    ['user', 'Still there?'],
  ]);

  await page.getByRole('button', { name: 'New conversation' }).click();
  expect(await page.locator('article').count()).toBe(0);
  await say(page, 'Hi');
  await ended(page);
  expect(said()).toEqual([['user', 'Hi']]);
  expect(complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
});

test('pictures go along, and what is no picture is refused before it is sent', async () => {
  const { page, complaints } = await open();
  const red = { name: 'red.png', mimeType: 'image/png', buffer: Buffer.from(pixel, 'base64') };
  await page.locator('#files').setInputFiles([red, { ...red, name: 'other.png' }, { ...red, name: 'notes.txt', mimeType: 'text/plain' }]);
  await page.getByText('notes.txt is no picture that Claude takes').waitFor();
  await page.getByRole('button', { name: 'Remove other.png' }).click();
  await say(page, 'What is this?');
  await ended(page);
  expect(runner.turns.at(-1)?.messages.at(-1)?.content).toMatchObject([
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
    { type: 'text', text: 'What is this?' },
  ]);
  // A text that is dropped is the browser's to take.
  const takes = (item: string): Promise<boolean> =>
    page.evaluate(`(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(${item});
      return !document.getElementById('message').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    })()`);
  expect([await takes("'a text', 'text/plain'"), await takes("new File(['x'], 'notes.txt', { type: 'text/plain' })")]).toEqual([
    false,
    true,
  ]);
  await page.reload();
  expect(await page.locator('.question img').evaluate((image: { naturalWidth: number }) => image.naturalWidth)).toBe(1);
  expect(complaints).toEqual([]);
});

test('a failure is said in its place, what was asked can be asked again, and what runs can be stopped', async () => {
  script = () => {
    throw new Error('no');
  };
  const { page } = await open();
  await say(page, 'Fail, please');
  const alert = page.locator('.answer [role="alert"]');
  await alert.waitFor();
  expect(await alert.innerText()).toMatch(/^No answer\. The server had an error[^]*request req_/);
  expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('Fail, please');

  script = async function* (_, signal) {
    yield { type: 'text-delta', text: 'Beginning' };
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  await page.keyboard.press('Enter');
  await answerOf(page).getByText('Beginning').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await answerOf(page).getByText('You stopped it.').waitFor();
  script = textScript(['Again']);
  await page.getByRole('button', { name: 'Send' }).click();
  await ended(page);
  expect(await answerOf(page).locator('.text').innerText()).toBe('Again');
  expect(runner.turns.at(-1)?.messages).toHaveLength(1);
});

test('nothing that Claude says becomes markup, fetches anything, or leads to a script', async () => {
  const hostile = [
    '<img src=x onerror="document.title=\'owned\'"> <script>document.title="owned"</script> <style>*{display:none}</style>\n\n',
    '<div onclick="document.title=\'owned\'">block</div>\n\n[link](javascript:document.title="owned") [data](data:text/html,x) ',
    '![picture](http://192.0.2.1/leak.png) <http://192.0.2.1/auto> [ref]\n\n[ref]: JaVaScRiPt:alert(1)\n\n```"><img src=y>\n</code>\n```\n',
  ];
  script = textScript(hostile);
  const { page, complaints, addresses } = await open();
  await say(page, '<b>bold</b>');
  await ended(page);
  const answer = answerOf(page).locator('.text');
  expect(await answer.locator('img, script, style, div[onclick], iframe').count()).toBe(0);
  expect(await page.locator('.question b').count()).toBe(0);
  const links = await answer.locator('a').evaluateAll((all: { href: string; rel: string }[]) => all.map(({ href, rel }) => [href, rel]));
  expect(links).toEqual(['http://192.0.2.1/leak.png', 'http://192.0.2.1/auto'].map((href) => [href, 'noopener noreferrer']));
  expect(await answer.innerText()).toContain('<img src=x onerror=');
  expect(await page.title()).toBe('Claude Code API');
  // Nor does it keep an answer from ending.
  script = textScript(['>'.repeat(9000)]);
  await say(page, 'Quote');
  await ended(page);
  expect(await answer.last().textContent()).toHaveLength(9000);
  expect(addresses.filter((address) => !address.startsWith(server.url))).toEqual([]);
  expect(complaints).toEqual([]);
});

test('a server with keys asks for one, which is kept in the tab only and can be forgotten', async () => {
  const { keys, settings } = makeKeys({ ada: {} });
  const locked = await startScriptedTestServer(settings);
  try {
    const { page, context, complaints } = await open({}, locked.url);
    const field = page.getByLabel('Key', { exact: true });
    await field.fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('The server says:').waitFor();
    await field.fill(keys['ada'] ?? '');
    await page.keyboard.press('Enter');
    await say(page, 'Hello?');
    await ended(page);
    expect(await page.locator('body').textContent()).not.toContain(keys['ada']);
    const { cookies, origins } = await context.storageState();
    expect([cookies, origins]).toEqual([[], []]);
    const other = await context.newPage();
    await other.goto(`${locked.url}/`);
    await other.getByRole('heading', { name: 'A key, please' }).waitFor();
    await page.getByRole('button', { name: 'Forget key' }).click();
    await page.getByRole('heading', { name: 'A key, please' }).waitFor();
    expect(await page.locator('body').textContent()).not.toContain('Hello?');
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).not.toContain(keys['ada']);
    expect(complaints.filter((complaint) => !complaint.includes('401'))).toEqual([]);
  } finally {
    await opened?.context.close();
    await locked.close();
  }
});

test('what was said with one key is not sent with another', async () => {
  const { keys, settings } = makeKeys({ ada: {}, eve: {} });
  const locked = await startScriptedTestServer(settings);
  try {
    const { page } = await open({}, locked.url);
    const enter = async (name: string): Promise<void> => {
      await page.getByLabel('Key', { exact: true }).fill(keys[name] ?? '');
      await page.keyboard.press('Enter');
    };
    await enter('ada');
    await say(page, 'I am Ada.');
    await ended(page);
    await page.route('**/v1/chat/completions', (route) => route.fulfill({ status: 401, json: { error: { message: 'No more.' } } }));
    await say(page, 'Am I?');
    await page.getByText('The server says: No more.').waitFor();
    await page.unroute('**/v1/chat/completions');
    await enter('eve');
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    expect(await page.locator('article').count()).toBe(0);
    const asking = page.waitForRequest('**/v1/chat/completions');
    await say(page, 'Who am I?');
    const { messages, conversation_id: conversation } = (await asking).postDataJSON() as { messages: object[]; conversation_id?: string };
    expect([messages, conversation]).toEqual([[{ role: 'user', content: 'Who am I?' }], undefined]);
    await ended(page);
  } finally {
    await opened?.context.close();
    await locked.close();
  }
});

test('what can not be read at first is said, and the conversation goes on all the same', async () => {
  const { page } = await open();
  await say(page, 'My name is Ada.');
  await ended(page);
  for (const [route, said] of [
    ['**/v1/conversations/**', 'What was said before can’t be shown now.'],
    ['**/v1/models', 'No list today.'],
  ] as const) {
    await page.route(route, (request) => request.fulfill({ status: 503, json: { error: { message: 'No list today.' } } }));
    await page.reload();
    await page.getByText(said).waitFor();
    await page.unroute(route);
    expect(await page.getByRole('heading', { name: 'A key, please' }).isVisible()).toBe(false);
    const before = runner.turns.length;
    await say(page, 'What is it?');
    await expect.poll(() => runner.turns.length).toBe(before + 1);
    expect(runner.turns.at(-1)?.messages[0]?.content).toMatchObject([{ text: 'My name is Ada.' }]);
    await page.getByRole('button', { name: 'Send' }).waitFor();
  }
});

test('the request is there as curl, Python and JavaScript, which ask the very same', async () => {
  const { page, context } = await open();
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const text = `It's "quoted" \\ $HOME \`ls\`\nEOF\nüñ 🙂 </script>`;
  await page.locator('#files').setInputFiles({ name: 'red.png', mimeType: 'image/png', buffer: Buffer.alloc(3000) });
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  const code = async (language: string): Promise<string> => {
    await page.getByRole('radio', { name: language }).check();
    // What is shown has its long picture shortened, and what is copied has it whole.
    expect((await page.locator('#code').innerText()).length).toBeLessThan(2000);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied').waitFor();
    return String(await page.evaluate('navigator.clipboard.readText()'));
  };
  const curl = await code('curl');
  expect(curl).toContain(`curl -N ${server.url}/v1/chat/completions`);
  const asked: unknown = JSON.parse(execFileSync('bash', ['-c', `curl() { cat; }\n${curl}`], { encoding: 'utf8' }));
  expect(asked).toMatchObject({ model: 'sonnet', stream: true, activity: 'events' });
  expect(JSON.stringify(asked)).toContain(JSON.stringify(text).slice(1, -1));

  const javascript = await code('JavaScript');
  const env = { ...process.env, NO_PROXY: '127.0.0.1' };
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  // With a picture that the server takes in the place of that of 3000 zeros.
  const small = javascript.replace(/base64,[A-Za-z0-9+/=]+/, `base64,${pixel}`);
  const { stdout: printed } = await run(process.execPath, ['--input-type=module', '-e', small], { cwd, env });
  expect(printed).toBe('Hello world');
  expect(runner.turns.at(-1)?.messages.at(-1)?.content.at(-1)).toMatchObject({ text });

  const python = await code('Python');
  expect(python).toContain(`client = OpenAI(base_url="${server.url}/v1", api_key=os.environ.get("KEY", "none"))`);
  expect(python).toContain(`"text": ${JSON.stringify(text)},`);
  expect(python).toContain('stream=True,');
  expect(python).toContain('extra_body={\n        "activity": "events",\n    },');
});

test.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 360],
] as const)('no rule of axe is broken, and all is done by keys: %s, %i pixels', async (colorScheme, width) => {
  script = full;
  released = Promise.resolve();
  const { page } = await open({ colorScheme, width });
  await page.getByRole('textbox', { name: 'Message' }).focus();
  await page.keyboard.type('Hello?');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('Anyone?');
  await page.keyboard.press('Enter');
  await ended(page);
  expect(await page.locator('.question .text').innerText()).toBe('Hello?\nAnyone?');
  // The focus stays where one writes on.
  expect(await page.evaluate('document.activeElement.id')).toBe('message');
  await page.locator('.tool summary').first().focus();
  await page.keyboard.press('Enter');
  expect(await page.locator('.tool pre').first().isVisible()).toBe(true);
  script = () => {
    throw new Error('no');
  };
  await say(page, 'Fail');
  await page.locator('.answer [role="alert"]').waitFor();
  expect(await runAxe(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
});
