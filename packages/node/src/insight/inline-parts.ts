/**
 * Puts the styles and scripts that a page names into it, so that it is whole, and its policy can name each by its hash. Paths begin with `./` and
 * count from the folder of the pages, or name a file of a package.
 *
 * @param read Gives the text of a file.
 * @throws {Error} When a script has what would end its element, or look like one.
 */
export function inlineParts(path: string, read: (path: string) => string): string {
  return read(path)
    .replaceAll(/<link rel="stylesheet" href="([^"]+)" \/>/g, (_, href: string) => `<style>\n${read(href)}</style>`)
    .replaceAll(/<script( type="module")? src="([^"]+)"><\/script>/g, (_, type: string | undefined, src: string) => {
      const code = type === undefined ? read(src) : linkModules(src, read);
      if (/<\/?(script|style)\b/i.test(code)) throw new Error(`${src} has what a browser may take for the end of its script.`);
      return `<script${type ?? ''}>\n${code.replaceAll(/^\/\/# sourceMappingURL=.*$/gm, '')}</script>`;
    });
}

const importStatement = /^import \{[^}]*\} from '(\.[^']+)';\n/gm;

/** A module with all that it imports before it, as one: the modules of a page share their names, and import no name as another. */
function linkModules(path: string, read: (path: string) => string, linked = new Set<string>()): string {
  if (linked.has(path)) return '';
  linked.add(path);
  const code = read(path);
  const imported = [...code.matchAll(importStatement)].map(([, other = '']) => {
    const { pathname } = new URL(other, `file:///${path.slice(2)}`);
    return linkModules(`.${pathname}`, read, linked);
  });
  return imported.join('') + code.replaceAll(importStatement, '').replaceAll(/^export /gm, '');
}
