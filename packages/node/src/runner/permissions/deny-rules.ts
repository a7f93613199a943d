/** A directory that is denied but for one place in it, which is the agent's own. */
export interface DeniedAround {
  readonly directory: string;
  /** The names on the way from there to the place, in lower case. */
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

/** What names begin and go on with in the directories that the CLI or this server has made. */
const alphabet = '-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'.split('');

/** Patterns for all names but one: the CLI knows none that say not, and does not tell upper from lower case. */
function othersThan(name: string): string[] {
  const beginnings = name.split('').map((letter, index) => ({ before: name.slice(0, index), letter }));
  return [
    ...beginnings.map(({ before, letter }) => `${before}[${alphabet.filter((other) => other.toLowerCase() !== letter).join('')}]*`),
    ...beginnings.slice(1).map(({ before }) => before),
    `${name}?*`,
  ];
}
