import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
/** Makes an empty directory, for the caller to remove. */
export async function makeTemporaryDirectory() {
  return realpath(await mkdtemp(join(tmpdir(), 'claude-code-api-test-')));
}
//# sourceMappingURL=make-temporary-directory.js.map
