import { listFields, type FieldDescription } from './list-fields.ts';
import { profileSchema } from './profile-schema.ts';

/** All settings of a profile. */
export function listProfileFields(): FieldDescription[] {
  return listFields(profileSchema);
}
