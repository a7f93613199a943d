import { afterEach, expect } from 'vitest';
import { unlikeReplies } from './check-reply.ts';

// All that a gateway of a test has answered is as `docs/openapi.json` says.
afterEach(() => {
  const found = unlikeReplies.splice(0);
  if (found.length > 0) expect(found, 'docs/openapi.json says otherwise').toEqual([]);
});
