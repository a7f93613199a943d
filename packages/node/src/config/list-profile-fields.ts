import * as z from 'zod';
import { profileSchema } from './profile-schema.ts';
import { readProperty, type PropertyDescription } from './read-property.ts';

/** One setting of a profile. */
export interface ProfileFieldDescription extends PropertyDescription {
  /** `working_directory` */
  readonly name: string;
}

const root = z.looseObject({ properties: z.record(z.string(), z.unknown()) });

/** All settings of a profile in the order of the schema. */
export function listProfileFields(): ProfileFieldDescription[] {
  const { properties } = root.parse(z.toJSONSchema(profileSchema, { io: 'input' }));
  return Object.entries(properties).map(([name, schema]) => ({ name, ...readProperty(schema) }));
}
