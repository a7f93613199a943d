import { ask } from '../shared/server.js';

/** Reads the statistics; what came of it is told as what it is, never thrown. */
export async function fetchStats(key, signal) {
  let response;
  try {
    response = await ask('stats', key, { signal });
  } catch {
    return { kind: 'unreachable' };
  }
  let body;
  try {
    body = await response.json();
  } catch {
    if (signal.aborted) return { kind: 'unreachable' };
  }
  if (response.ok && body?.object === 'stats') return { kind: 'stats', stats: body };
  const said = body?.error?.message;
  return { kind: 'refused', status: response.status, said: typeof said === 'string' ? said : '' };
}
