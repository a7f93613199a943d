import { isObject } from '../../../turn/tool.ts';
import type { UrlCitation } from './output-item.ts';

/** A page that a search has found. */
export interface WebSource {
  readonly url: string;
  readonly title: string;
}

/** The most sources that are told of one search, and the most that are marked in one text. */
const maxSources = 100;

/** Reads what Claude Code's WebSearch says that it has found: a line `Links: [{"title":"...","url":"..."}]`, of which there may be several. */
export function toWebSources(result: string): WebSource[] {
  const lists = [...result.matchAll(/^Links: (\[.*\])$/gm)].map(([, json = '']) => parseList(json));
  return lists
    .flat()
    .flatMap((each) => toSource(each))
    .slice(0, maxSources);
}

function parseList(json: string): unknown[] {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function toSource(value: unknown): WebSource[] {
  if (!isObject(value)) return [];
  const { url, title } = value;
  return typeof url === 'string' && URL.canParse(url) ? [{ url, title: typeof title === 'string' ? title : '' }] : [];
}

const inUrl = /[\w/?#&=%~+@-]/;

/** Where a text names what was found: the address, or the whole link in Markdown. */
export function citationsIn(text: string, sources: readonly WebSource[]): UrlCitation[] {
  const found: UrlCitation[] = [];
  for (const { url, title } of new Map(sources.map((source) => [source.url, source])).values()) {
    for (let at = text.indexOf(url); at >= 0 && found.length < maxSources; at = text.indexOf(url, at + url.length)) {
      const end = at + url.length;
      if (inUrl.test(text.charAt(end))) continue;
      const opening = text.charAt(end) === ')' ? /\[[^[\]]*\]\($/.exec(text.slice(Math.max(0, at - 500), at)) : null;
      const [start, last] = opening === null ? [at, end] : [at - opening[0].length, end + 1];
      found.push({ type: 'url_citation', url, title, start_index: start, end_index: last });
    }
  }
  return found.toSorted((one, other) => one.start_index - other.start_index);
}
