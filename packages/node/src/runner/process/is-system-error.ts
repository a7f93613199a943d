/** Whether the operating system refused something, such as to write on a full disk. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
