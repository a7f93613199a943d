import { GatewayError } from '@claude-code-api/gateway';

export function unavailable(cause: unknown): GatewayError {
  return new GatewayError('Claude Code on the server failed. Please try again; if it persists, the log of the server says why.', {
    status: 503,
    code: 'claude_unavailable',
    cause,
  });
}

export function shuttingDown(): GatewayError {
  return new GatewayError('The server is shutting down. Please try again.', {
    status: 503,
    code: 'shutting_down',
    retryAfterSeconds: 1,
  });
}

/** No process is started for a time, since none came up. */
export function notStarting(waitMs: number): GatewayError {
  return new GatewayError('Claude Code on the server does not start. The log of the server says why.', {
    status: 503,
    code: 'claude_unavailable',
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
  });
}

/** Whether the operating system refused something, such as to write on a full disk. */
export function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
