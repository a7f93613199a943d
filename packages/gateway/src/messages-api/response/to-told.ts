import type { JsonObject } from '../../turn/tool.ts';

/** What the API told beside what is known of it here; nothing for nothing. */
export function toTold(fields: object): { readonly told?: JsonObject } {
  const told = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return told.length > 0 ? { told: Object.fromEntries(told) } : {};
}
