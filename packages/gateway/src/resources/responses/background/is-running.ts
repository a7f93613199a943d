import type { StoredResponse } from '../../../ports/response-store.ts';

export type RunningResponse = StoredResponse & { readonly background: { readonly state: 'running' | 'cancelling' } };

export function isRunning(found: StoredResponse | undefined): found is RunningResponse {
  return found?.background !== undefined && found.background.state !== 'ended';
}
