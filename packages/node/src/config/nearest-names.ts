const mostNames = 3;
const mostChanges = 3;

/** The known names that a wrong one may have meant, the nearest first: `server.port` for `port` and for `sever.port`. */
export function nearestNames(name: string, known: readonly string[]): string[] {
  const scored = known.flatMap((each) => {
    const score = Math.min(distance(plain(name), plain(each)), distance(plain(lastOf(name)), plain(lastOf(each))) + sectionGap(name, each));
    return score <= Math.min(mostChanges, Math.max(1, Math.floor(plain(name).length / 3))) ? [{ each, score }] : [];
  });
  const best = Math.min(...scored.map(({ score }) => score));
  return scored.flatMap(({ each, score }) => (score === best ? [each] : [])).slice(0, mostNames);
}

/** A name without a section may be of any; one with another section is less near. */
function sectionGap(name: string, other: string): number {
  return name.includes('.') && name.split('.')[0] !== other.split('.')[0] ? 1 : 0;
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/** How many letters must be put in, taken out, or be others. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of Array.from(one).entries()) {
    const next = [at + 1];
    for (let index = 0; index < other.length; index += 1) {
      const change = (row[index] ?? 0) + (other[index] === letter ? 0 : 1);
      next.push(Math.min(change, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
