/** Makes an empty directory, for the caller to remove. */
export declare function makeTemporaryDirectory(): Promise<string>;
//# sourceMappingURL=make-temporary-directory.d.ts.map
