import { childProcesses, type ChildProcessInfo } from './child-processes.ts';
import { until } from '../until.ts';

/**
 * Waits for the one CLI process that there is to be.
 *
 * @throws {Error} When there are none, or several.
 */
export async function onlyChild(): Promise<ChildProcessInfo> {
  const running = (): ChildProcessInfo[] => childProcesses().filter(({ command }) => command.includes('--input-format stream-json'));
  await until(
    () => running().length === 1,
    () => `one CLI process, but there are ${running().length}`,
  );
  const [child] = running();
  if (child === undefined) throw new Error('The CLI process has ended in the meantime.');
  return child;
}
