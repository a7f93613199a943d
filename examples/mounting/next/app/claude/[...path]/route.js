import { claude } from '../../../claude.js';

// It starts processes.
export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

async function handle(request) {
  const { fetch } = await claude();
  const { pathname, search } = new URL(request.url);
  return fetch(new Request(new URL(pathname.slice('/claude'.length) + search, request.url), request));
}

export { handle as DELETE, handle as GET, handle as HEAD, handle as OPTIONS, handle as POST };
