import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliInstallation } from '@claude-code-api/node';

export interface FakeCliOptions {
  /** What `--version` says; default `2.1.330`. */
  readonly version?: string;
  /** JavaScript that runs before anything is read. */
  readonly onStart?: string;
  /** JavaScript that runs for each user line; by default it answers `Hello world`. `write`, `begin`, `say` and `end` are there to use. */
  readonly onUser?: string;
  /** Whether control requests are answered; default true. */
  readonly answersControl?: boolean;
}

export interface FakeCli extends CliInstallation {
  remove(): void;
}

/** A script that speaks enough of the CLI's protocol to be misbehaved in ways in which no real CLI can be made to. */
export function createFakeCli(options: FakeCliOptions = {}): FakeCli {
  const directory = mkdtempSync(join(tmpdir(), 'fake-cli-'));
  const path = join(directory, 'claude');
  const version = options.version ?? '2.1.330';
  writeFileSync(path, source(version, options));
  chmodSync(path, 0o755);
  return { path, version, source: 'a test', remove: () => rmSync(directory, { recursive: true, force: true }) };
}

function source(version: string, options: FakeCliOptions): string {
  return `#!${process.execPath}
if (process.argv.includes('--version')) {
  console.log('${version} (Claude Code)');
  process.exit(0);
}
if (process.argv[2] === 'auth') {
  console.log(JSON.stringify({ loggedIn: true, authMethod: 'api_key' }));
  process.exit(0);
}
const write = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
const event = (value) => write({ type: 'stream_event', event: value });
const begin = () => {
  event({ type: 'message_start', message: { model: 'claude-fake', usage: { input_tokens: 1, output_tokens: 1 } } });
  event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
};
const say = (text) => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
const end = () => {
  event({ type: 'content_block_stop', index: 0 });
  event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } });
  event({ type: 'message_stop' });
  write({ type: 'result', subtype: 'success', is_error: false, num_turns: 1, result: '' });
};
const onUser = () => {
  ${options.onUser ?? "begin(); say('Hello world'); end();"}
};
${options.onStart ?? ''};
let text = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  text += chunk;
  const lines = text.split('\\n');
  text = lines.pop();
  for (const line of lines) {
    const message = JSON.parse(line);
    if (message.type === 'control_request' && ${options.answersControl ?? true}) {
      write({ type: 'control_response', response: { subtype: 'success', request_id: message.request_id, response: {} } });
    }
    if (message.type === 'user') onUser();
  }
}).on('end', () => process.exit(0));
`;
}
