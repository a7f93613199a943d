import * as z from 'zod';
import { settingsSchema } from './settings-schema.ts';

/** One setting, as people and programs need to know it. */
export interface SettingDescription {
  /** `server.port` */
  readonly key: string;
  /** `CLAUDE_CODE__SERVER__PORT` */
  readonly variable: string;
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
const section = z.looseObject({ properties: z.record(z.string(), property) });
const root = z.looseObject({ properties: z.record(z.string(), section) });

/** All settings in the order of the schema. */
export function listSettings(): SettingDescription[] {
  const { properties } = root.parse(z.toJSONSchema(settingsSchema, { io: 'input' }));
  return Object.entries(properties).flatMap(([sectionName, { properties: settings }]) =>
    Object.entries(settings).map(([name, setting]) => ({
      key: `${sectionName}.${name}`,
      variable: `CLAUDE_CODE__${sectionName.toUpperCase()}__${name.toUpperCase()}`,
      description: setting.description,
      defaultValue: setting.default === undefined ? undefined : JSON.stringify(setting.default),
      type: setting.enum?.join(' | ') ?? setting.type ?? 'any',
      secret: setting.format === 'password',
    })),
  );
}
