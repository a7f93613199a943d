import * as z from 'zod/mini';

const maxPairs = 16;
const maxKeyLength = 64;
const maxValueLength = 512;

/**
 * Up to 16 pairs of strings: keys of 64 characters, values of 512.
 *
 * @see https://platform.openai.com/docs/api-reference/conversations/create
 */
export const metadataSchema = z.pipe(
  z.looseObject({}).check(
    z.refine((metadata) => Object.keys(metadata).length <= maxPairs, { abort: true, error: `it may have ${maxPairs} pairs at most` }),
    z.refine(
      (metadata) => Object.keys(metadata).every((key) => key.length <= maxKeyLength),
      `a key may have ${maxKeyLength} characters at most`,
    ),
  ),
  z.catchall(
    z.object({}),
    z.string().check(z.maxLength(maxValueLength, { abort: true, error: `a value may have ${maxValueLength} characters at most` })),
  ),
);
