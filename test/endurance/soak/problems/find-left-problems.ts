import type { Closed } from '../start-soak-server.ts';

/** What a server has left behind that was told to end. */
export function findLeftProblems({ exitCode, leftFiles, leftProcesses }: Closed): string[] {
  return [
    ...(exitCode === 0 ? [] : [`The server's exit code is ${exitCode}.`]),
    ...(leftFiles.length === 0 ? [] : [`The server has left ${leftFiles.join(', ')}.`]),
    ...(leftProcesses.length === 0 ? [] : [`The server has left ${leftProcesses.join(', ')}.`]),
  ];
}
