import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where a page lies, by its path from the root of the repository. */
export function pathOf(page: string): string {
  return `${root}${page}`;
}

/** What people read: the README, what GitHub looks for beside it, all of `docs`, and what explains examples and packages. By path, sorted. */
export const docPages: readonly string[] = ['.', 'docs', 'examples', 'packages']
  .flatMap((folder) => readdirSync(pathOf(folder), { recursive: folder !== '.', encoding: 'utf8' }).map((name) => `${folder}/${name}`))
  .map((path) => path.replace(/^\.\//, '').replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.md') && !path.includes('node_modules/'))
  .toSorted();

export function readPage(page: string): string {
  return readFileSync(pathOf(page), 'utf8');
}

interface Link {
  /** Another page or file, by its path from the root; the page's own one where the link names none. */
  readonly file: string;
  readonly anchor: string;
}

/** The links within the repository that a page holds, outside its snippets. */
export function linksOf(page: string): Link[] {
  const text = readPage(page)
    .replace(/```[^]*?```/g, '')
    .replace(/`[^`\n]*`/g, 'x');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const { pathname, hash } = new URL(target, `file:///${page}`);
    return [{ file: decodeURIComponent(pathname.slice(1)), anchor: hash.slice(1) }];
  });
}

/** The anchors that GitHub gives to a page's headings. */
export function anchorsOf(page: string): string[] {
  const text = readPage(page).replace(/```[^]*?```/g, '');
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
