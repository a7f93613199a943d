import { keySchema } from './key-schema.ts';
import { listFields, type FieldDescription } from './list-fields.ts';

/** All settings of a key. */
export function listKeyFields(): FieldDescription[] {
  return listFields(keySchema);
}
