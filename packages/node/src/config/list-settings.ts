import * as z from 'zod';
import { readProperty, type PropertyDescription } from './read-property.ts';
import { settingsSchema } from './settings-schema.ts';

/** One setting, as people and programs need to know it. */
export interface SettingDescription extends PropertyDescription {
  /** `server.port`; `profiles.NAME` for what has a name of the operator's. */
  readonly key: string;
  /** `CLAUDE_CODE__SERVER__PORT` */
  readonly variable: string;
}

const section = z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() });
const root = z.looseObject({ properties: z.record(z.string(), section) });

/** All settings in the order of the schema. */
export function listSettings(): SettingDescription[] {
  const { properties } = root.parse(z.toJSONSchema(settingsSchema, { io: 'input' }));
  return Object.entries(properties).flatMap(([sectionName, described]) => {
    const settings = described.properties ?? { NAME: { ...described, default: undefined } };
    return Object.entries(settings).map(([name, setting]) => ({
      key: `${sectionName}.${name}`,
      variable: `CLAUDE_CODE__${sectionName.toUpperCase()}__${name.toUpperCase()}`,
      ...readProperty(setting),
    }));
  });
}
