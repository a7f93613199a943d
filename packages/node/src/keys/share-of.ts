import type { Settings } from '../config/settings-schema.ts';

/** How much of something one key may take: with several keys half of it, so that none can take it from the others; otherwise all. */
export function shareOf(whole: number, { server }: Pick<Settings, 'server'>): number {
  return Object.keys(server.api_keys).length > 1 ? whole / 2 : whole;
}
