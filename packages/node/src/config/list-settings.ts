import * as z from 'zod';
import { keySchema } from './key-schema.ts';
import { profileSchema } from './profile-schema.ts';
import { settingsSchema } from './settings-schema.ts';

/** What the schema says of a setting. */
interface PropertyDescription {
  readonly description: string;
  /** As JSON; undefined where there is none. */
  readonly defaultValue: string | undefined;
  /** `integer`, `string`, `chunk | comment | off`... */
  readonly type: string;
  readonly secret: boolean;
}

/** One setting, as people and programs need to know it. */
export interface SettingDescription extends PropertyDescription {
  /** `server.port`; `profiles.NAME` for what has a name of the operator's. */
  readonly key: string;
  /** `CLAUDE_CODE__SERVER__PORT` */
  readonly variable: string;
}

/** One setting of what has a name of the operator's: a profile, a key. */
export interface FieldDescription extends PropertyDescription {
  /** `working_directory` */
  readonly name: string;
}

const fields = z.looseObject({ properties: z.record(z.string(), z.unknown()) });
const section = z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() });
const sections = z.looseObject({ properties: z.record(z.string(), section) });
const property = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  description: z.string().default(''),
  default: z.unknown().optional(),
  format: z.string().optional(),
});

/** All settings in the order of the schema. */
export function listSettings(): SettingDescription[] {
  const { properties } = sections.parse(z.toJSONSchema(settingsSchema, { io: 'input' }));
  return Object.entries(properties).flatMap(([sectionName, described]) => {
    const settings = described.properties ?? { NAME: { ...described, default: undefined } };
    return Object.entries(settings).map(([name, setting]) => ({
      key: `${sectionName}.${name}`,
      variable: `CLAUDE_CODE__${sectionName.toUpperCase()}__${name.toUpperCase()}`,
      ...readProperty(setting),
    }));
  });
}

/** All settings of a key. */
export function listKeyFields(): FieldDescription[] {
  return listFields(keySchema);
}

/** All settings of a profile. */
export function listProfileFields(): FieldDescription[] {
  return listFields(profileSchema);
}

function listFields(schema: z.ZodType): FieldDescription[] {
  const { properties } = fields.parse(z.toJSONSchema(schema, { io: 'input' }));
  return Object.entries(properties).map(([name, described]) => ({ name, ...readProperty(described) }));
}

/** Reads the JSON Schema of one setting. */
function readProperty(schema: unknown): PropertyDescription {
  const setting = property.parse(schema);
  return {
    description: setting.description,
    defaultValue: setting.default === undefined ? undefined : JSON.stringify(setting.default),
    type: setting.enum?.join(' | ') ?? setting.type ?? 'any',
    secret: setting.format === 'password',
  };
}
