import * as z from 'zod';
import { toolNamesSchema } from './value-schemas.ts';

/** What Claude, and the pictures and files of callers, may reach. */
export const fileAccessSchema = z.strictObject({
  additional_dirs: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Directories that callers may name pictures and files of, by absolute paths, and that Claude’s own tools reach in requests that name no profile (`file_access.tools`). One that is missing opens nothing, and is warned of. None by default.',
    ),
  tools: toolNamesSchema
    .optional()
    .describe(
      'Built-in tools of Claude Code in requests that name no profile. `Write` and `Edit` may change files in the conversation’s own directory and `file_access.additional_dirs`; web requests and commands are denied: those need a profile with rules. By default `["Read", "Grep", "Glob"]` where there are additional directories, none otherwise; `[]` keeps those for pictures alone.',
    ),
  skip_permissions: z
    .boolean()
    .default(false)
    .describe(
      'Whether Claude may do anything with its tools without being asked (mode bypassPermissions); not as root. Without `file_access.tools` it then has Claude Code’s usual ones: Read, Write, Edit, Bash, Grep, Glob, WebFetch, WebSearch, TodoWrite, Task.',
    ),
  fetch_urls: z
    .boolean()
    .default(false)
    .describe(
      'Whether this server fetches the URLs of pictures and files, from the public internet only. By default Claude fetches them itself.',
    ),
});
