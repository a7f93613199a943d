/** A directory that is denied but for one place in it, which is the agent's own. */
export interface DeniedAround {
  readonly directory: string;
  /** The names on the way from there to the place. */
  readonly way: readonly string[];
}

/** Rules that deny files to all file tools: a rule for reading covers searching too. */
export function denyRules(paths: readonly string[], around: readonly DeniedAround[]): string[] {
  const whole = paths.flatMap((path) => ['Read', 'Edit'].flatMap((tool) => rulesFor(tool, patternOf(path))));
  return [
    ...whole,
    ...around.flatMap(({ directory, way }) => [
      ...rulesFor('Edit', patternOf(directory)),
      ...way.flatMap((name, index) => {
        const parent = [patternOf(directory), ...way.slice(0, index)].join('/');
        return othersThan(name).map((other) => `Read(${parent}/${other})`);
      }),
    ]),
  ];
}

function rulesFor(tool: string, pattern: string): string[] {
  return [`${tool}(${pattern})`, `${tool}(${pattern}/**)`];
}

/** A rule's path is a pattern, and one that starts with two slashes is absolute. */
function patternOf(path: string): string {
  return `/${path.replaceAll(/[\\*?[\]!#]/g, (special) => `\\${special}`).replace(/\/+$/, '')}`;
}

/** Patterns for all names but one, which has letters, digits and dashes alone: there are no patterns that say not. */
function othersThan(name: string): string[] {
  const beginnings = name.split('').map((letter, index) => ({ before: name.slice(0, index), letter }));
  return [
    ...beginnings.map(({ before, letter }) => `${before}[!${letter}]*`),
    ...beginnings.slice(1).map(({ before }) => before),
    `${name}?*`,
  ];
}
