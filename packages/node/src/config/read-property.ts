import * as z from 'zod';

/** What a JSON Schema says of a setting. */
export interface PropertyDescription {
  readonly description: string;
  /** As JSON; undefined where there is none. */
  readonly defaultValue: string | undefined;
  /** `integer`, `string`, `chunk | comment | off`... */
  readonly type: string;
  readonly secret: boolean;
}

const property = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  description: z.string().default(''),
  default: z.unknown().optional(),
  format: z.string().optional(),
});

/** Reads the JSON Schema of one setting. */
export function readProperty(schema: unknown): PropertyDescription {
  const setting = property.parse(schema);
  return {
    description: setting.description,
    defaultValue: setting.default === undefined ? undefined : JSON.stringify(setting.default),
    type: setting.enum?.join(' | ') ?? setting.type ?? 'any',
    secret: setting.format === 'password',
  };
}
