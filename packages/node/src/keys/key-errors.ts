import { GatewayError, type GatewayErrorOptions } from '@claude-code-api/gateway';

const unauthorized = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer' },
  // Claude Code would ask again for minutes.
  shouldRetry: false,
} satisfies GatewayErrorOptions;

/** What a request without a key is answered. */
export function missingKey(): GatewayError {
  return new GatewayError(
    "You didn't provide an API key. Send it in the header 'Authorization: Bearer YOUR_KEY', or in 'x-api-key'. The operator of this server gives out keys.",
    unauthorized,
  );
}

/** What a request with a key that nobody has is answered. */
export function wrongKey(key: string): GatewayError {
  return new GatewayError(`Incorrect API key provided: ${maskSecret(key)}. The operator of this server gives out keys.`, {
    ...unauthorized,
    code: 'invalid_api_key',
  });
}

const shortest = 13;

/** The first three characters and the last four of a key, by which whoever sent it can tell which one it was. */
function maskSecret(secret: string): string {
  return secret.length < shortest ? '********' : `${secret.slice(0, 3)}********${secret.slice(-4)}`;
}
