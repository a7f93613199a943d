import type { JsonObject } from '../../turn/tool.ts';

/** What the API told in fields that are not interpreted here, as `told`; no field at all where all of them are absent or null. */
export function toTold(fields: object): { readonly told?: JsonObject } {
  const told = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return told.length > 0 ? { told: Object.fromEntries(told) } : {};
}
