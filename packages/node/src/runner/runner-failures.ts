import { GatewayError } from '@claude-code-api/gateway';

export function unavailable(cause: unknown): GatewayError {
  return new GatewayError('Claude Code on the server failed. Please try again; if it persists, the log of the server says why.', {
    status: 503,
    type: 'server_error',
    code: 'claude_unavailable',
    cause,
  });
}

export function shuttingDown(): GatewayError {
  return new GatewayError('The server is shutting down. Please try again.', { status: 503, type: 'server_error', code: 'shutting_down' });
}
