export interface SortedList<Value> {
  /** Does nothing for a value that is there already. */
  add(value: Value): void;
  /** Does nothing for a value that is not there. */
  remove(value: Value): void;
  /** How many values come before this one, which need not be there. */
  countBefore(value: Value): number;
  at(index: number): Value | undefined;
  readonly size: number;
}

/** Keeps values in order. It is made for those that mostly come in order: the biggest is added at no cost. */
export function createSortedList<Value>(compare: (left: Value, right: Value) => number): SortedList<Value> {
  const values: Value[] = [];

  function countBefore(value: Value): number {
    let low = 0;
    let high = values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = values[middle];
      if (found !== undefined && compare(found, value) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function isAt(index: number, value: Value): boolean {
    const found = values[index];
    return found !== undefined && compare(found, value) === 0;
  }

  return {
    add(value) {
      const last = values.at(-1);
      if (last === undefined || compare(last, value) < 0) return void values.push(value);
      const index = countBefore(value);
      if (!isAt(index, value)) values.splice(index, 0, value);
    },
    remove(value) {
      const index = countBefore(value);
      if (isAt(index, value)) values.splice(index, 1);
    },
    countBefore,
    at: (index) => values[index],
    get size() {
      return values.length;
    },
  };
}
