import type { Page } from '@claude-code-api/gateway';
import { loadPage } from '../insight/load-page.ts';
import { ownVersion } from '../own-version.ts';

/** What the server says of itself to anyone, by path: its API for programs, and the same for people. Each is made when it is asked for first. */
export function createDocuments(): Readonly<Record<string, () => Promise<Response | Page>>> {
  let json: string | undefined;
  let page: Page | undefined;

  async function readOpenapi(): Promise<string> {
    const { openapiDocument } = await import('@claude-code-api/gateway/openapi');
    return JSON.stringify(openapiDocument({ version: ownVersion() }));
  }

  return {
    '/openapi.json': async () => {
      json ??= await readOpenapi();
      return new Response(json, { headers: { 'content-type': 'application/json', 'cache-control': 'no-cache' } });
    },
    '/docs': async () => (page ??= loadPage('reference')),
  };
}
