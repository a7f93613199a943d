import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

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

export interface Snippet {
  readonly page: string;
  readonly line: number;
  /** Behind the fence; empty for pictures. */
  readonly language: string;
  readonly code: string;
  /** The file that it shows, by the comment before it. */
  readonly file: string | undefined;
}

const snippetForm = /(?:<!-- code (\S+) -->\n)?^```(\w*)\n([^]*?)^```$/gm;

export function snippetsOf(page: string): Snippet[] {
  const text = readPage(page);
  return [...text.matchAll(snippetForm)].map(({ index, 1: file, 2: language = '', 3: code = '' }) => {
    return { page, line: text.slice(0, index).split('\n').length, language, code, file };
  });
}

/** Puts the files that a page shows between their comments: `<!-- code examples/FILE -->`. */
export function withCode(text: string): string {
  return text.replace(
    /(<!-- code (\S+?\.(\w+)) -->\n)[^]*?(<!-- \/code -->)/g,
    (_, begin: string, file: string, language: string, end: string) => {
      return `${begin}\`\`\`${language}\n${readPage(file).trimEnd()}\n\`\`\`\n${end}`;
    },
  );
}
