import * as z from 'zod';
import { readProperty, type PropertyDescription } from './read-property.ts';

/** One setting of what has a name of the operator's: a profile, a key. */
export interface FieldDescription extends PropertyDescription {
  /** `working_directory` */
  readonly name: string;
}

const root = z.looseObject({ properties: z.record(z.string(), z.unknown()) });

/** All settings in the order of the schema. */
export function listFields(schema: z.ZodType): FieldDescription[] {
  const { properties } = root.parse(z.toJSONSchema(schema, { io: 'input' }));
  return Object.entries(properties).map(([name, property]) => ({ name, ...readProperty(property) }));
}
