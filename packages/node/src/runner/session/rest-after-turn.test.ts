import { expect, test, vi } from 'vitest';
import type { CliListener, CliProcess } from '../process/cli-process.ts';
import { CliProcessError } from '../process/cli-process-error.ts';
import { parseCliMessage } from '../process/cli-message.ts';
import { restWhenEnded } from './rest-after-turn.ts';

function open(timeoutMs = 10_000) {
  const kill = vi.fn();
  const cli: CliProcess = {
    pid: 1,
    requestId: undefined,
    ended: new Promise(() => {}),
    failure: undefined,
    send: () => {},
    control: async () => undefined,
    listener: undefined,
    pause: () => {},
    resume: () => {},
    stop: async () => {},
    kill,
  };
  let listener: CliListener | undefined;
  const rest = restWhenEnded(cli, (next) => void (listener = next), timeoutMs);
  return { kill, rest, listener: listener! };
}

test('one that is stopped meanwhile is left to end as it does', async () => {
  const { kill, rest, listener } = open();
  listener.onEnd(new CliProcessError('ended', 'the CLI was stopped'));
  expect(await rest).toBe('spent');
  expect(kill).not.toHaveBeenCalled();
});

test('one that begins to answer again, or does not end its turn, is ended at once', async () => {
  const again = open();
  again.listener.onMessage(parseCliMessage('{"type":"stream_event","event":{"type":"message_start","message":{"model":"m","usage":{}}}}')!);
  expect(await again.rest).toBe('spent');
  expect(again.kill).toHaveBeenCalledTimes(1);
  const silent = open(1);
  expect(await silent.rest).toBe('spent');
  expect(silent.kill).toHaveBeenCalledTimes(1);
});
