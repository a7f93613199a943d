import {
  chai,
  customMatchers,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
  type ExpectStatic,
} from '@vitest/expect';
import { configureGlobal } from 'fast-check';

/** Stands for vitest where that does not run: what the tests of the neutral package use of it. */
type Run = (...values: never[]) => unknown;
type Register = (name: string, run?: Run) => void;

export interface Check {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** What tests of one file have in common. */
interface Suite {
  readonly names: readonly string[];
  readonly before: Run[];
  readonly after: Run[];
}

let checks: Check[] = [];
let suite: Suite = { names: [], before: [], after: [] };

// A property is tried a few times only: that it holds is known, and here it matters that it holds on this runtime.
configureGlobal({ numRuns: 3 });

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
export const expect = chai.expect as unknown as ExpectStatic;
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect });
setState({ assertionCalls: 0, isExpectingAssertions: false }, expect);
// Chai's plugin takes whose matchers they are before the matchers.
(chai.expect as unknown as { extend(of: object, matchers: object): void }).extend(expect, customMatchers);

function each(register: Register): (rows: readonly unknown[]) => Register {
  return (rows) => (name, run) => {
    for (const row of rows)
      register(`${name} ${JSON.stringify(row)?.slice(0, 80)}`, () => run?.(...((Array.isArray(row) ? row : [row]) as never[])));
  };
}

function addTest(name: string, run: Run = () => {}): void {
  const { names, before, after } = suite;
  checks.push({
    name: [...names, name].join(' > '),
    async run() {
      try {
        for (const hook of before) await hook();
        await run();
      } finally {
        for (const hook of after) await hook();
      }
    },
  });
}

function addSuite(name: string, run: Run = () => {}): void {
  const outer = suite;
  suite = { names: [...outer.names, name], before: [...outer.before], after: [...outer.after] };
  void run();
  suite = outer;
}

export const test = Object.assign(addTest, { each: each(addTest) });
export const describe = Object.assign(addSuite, { each: each(addSuite) });
export const beforeEach = (run: Run): void => void suite.before.push(run);
export const afterEach = (run: Run): void => void suite.after.unshift(run);

/** The checks that were registered since this was asked last: those of one file. */
export function takeChecks(): readonly Check[] {
  const taken = checks;
  checks = [];
  suite = { names: [], before: [], after: [] };
  return taken;
}
