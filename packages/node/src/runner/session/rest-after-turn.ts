import type { CliListener, CliProcess } from '../process/cli-process.ts';

/** How a process stands between turns: free, waiting for the results of these calls (see `bareId`), or of no more use. */
export type Rest = 'free' | { readonly calls: ReadonlySet<string> } | 'spent';

type Listen = (listener: CliListener) => void;

/** After the caller's end of a turn the CLI still has its own: its `result`. Anything else means that it goes on by itself. */
export function restWhenEnded(cli: CliProcess, listen: Listen, timeoutMs: number): Promise<Rest> {
  return new Promise((resolve) => {
    const finish = (rest: Rest): void => {
      clearTimeout(timer);
      if (rest === 'spent') cli.kill();
      resolve(rest);
    };
    // Nobody is to wait for a `result` that does not come.
    const timer = setTimeout(() => finish('spent'), timeoutMs);
    listen({
      onMessage(message) {
        if (message.type === 'result') finish(message.is_error ? 'spent' : 'free');
        if (startsAnswer(message)) finish('spent');
      },
      // It ends as it does; a kill now would come before its own tidying up.
      onEnd() {
        clearTimeout(timer);
        resolve('spent');
      },
    });
  });
}

/** With calls open the CLI has nothing to say: if it does, it has answered them by itself, and is ended. */
export function restWhileCalling(cli: CliProcess, listen: Listen, calls: ReadonlySet<string>): Rest {
  listen({
    onMessage(message) {
      if (startsAnswer(message)) cli.kill();
    },
    onEnd: () => {},
  });
  return { calls };
}

function startsAnswer(message: Parameters<CliListener['onMessage']>[0]): boolean {
  return message.type === 'stream_event' && message.event.type === 'message_start';
}
