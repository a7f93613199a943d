/** What reads each file of tests, by its name: `runtimes.test.ts` fills it in. */
export const files: Readonly<Record<string, () => Promise<unknown>>> = {};
