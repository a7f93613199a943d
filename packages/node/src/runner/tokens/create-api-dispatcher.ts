import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { EnvHttpProxyAgent, type Dispatcher } from 'undici';

/** The most requests that are under way at once; others wait for one to end. */
const maxConnections = 16;

/**
 * Reaches the API as the CLI does: by its proxies, authorities and client certificate.
 *
 * @throws {Error} When a file that the environment names can't be read.
 */
export function createApiDispatcher(environment: Readonly<Record<string, string>>): Dispatcher {
  const { CLAUDE_CODE_CLIENT_CERT: cert, CLAUDE_CODE_CLIENT_KEY: key, CLAUDE_CODE_CLIENT_KEY_PASSPHRASE: passphrase } = environment;
  const { NODE_EXTRA_CA_CERTS: authorities } = environment;
  const proxy = (name: string): string => environment[name.toLowerCase()] || environment[name] || '';
  const tls = {
    ...(authorities && { ca: [...rootCertificates, readFileSync(authorities, 'utf8')] }),
    ...(cert && { cert: readFileSync(cert, 'utf8') }),
    ...(key && { key: readFileSync(key, 'utf8') }),
    ...(passphrase && { passphrase }),
  };
  return new EnvHttpProxyAgent({
    connections: maxConnections,
    httpProxy: proxy('HTTP_PROXY'),
    httpsProxy: proxy('HTTPS_PROXY'),
    noProxy: proxy('NO_PROXY'),
    connect: tls,
    requestTls: tls,
  });
}
