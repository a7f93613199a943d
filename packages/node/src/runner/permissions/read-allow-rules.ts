import * as z from 'zod';
import type { CliProcess } from '../process/cli-process.ts';

const answer = z.looseObject({
  sources: z.array(
    z.looseObject({
      source: z.string(),
      settings: z.looseObject({ permissions: z.looseObject({ allow: z.array(z.string()).optional() }).optional() }),
    }),
  ),
});

/**
 * The rules of what is allowed in the user's own settings file, where a CLI reads that. Those in a working directory do not count:
 * whoever can write there must not permit himself anything. None when the CLI does not tell.
 *
 * @throws {CliProcessError} When the CLI refuses, ends, or does not answer in time.
 */
export async function readAllowRules(cli: Pick<CliProcess, 'control'>): Promise<readonly string[]> {
  const told = answer.safeParse(await cli.control({ subtype: 'get_settings' }));
  if (!told.success) return [];
  return told.data.sources.flatMap(({ source, settings }) => (source === 'userSettings' ? (settings.permissions?.allow ?? []) : []));
}
