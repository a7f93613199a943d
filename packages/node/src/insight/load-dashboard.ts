import { readFileSync } from 'node:fs';
import type { Insight } from '@claude-code-api/gateway';
import { pagePolicyOf } from './page-policy.ts';

/** The page of `GET /dashboard`, which comes with this package. */
export function loadDashboard(): NonNullable<Insight['dashboard']> {
  const html = readFileSync(new URL('../../dashboard/dashboard.html', import.meta.url), 'utf8');
  return { html, policy: pagePolicyOf(html) };
}
