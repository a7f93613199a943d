import * as z from 'zod';

/** The name of a key, which is that of its tenant too. */
export const keyNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'a key’s name has 1 to 64 letters, digits, dashes and underscores')
  .refine((name) => name !== '__proto__', 'this name is taken by JavaScript itself');
