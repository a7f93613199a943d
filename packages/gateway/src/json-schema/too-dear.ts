/** A check that would take longer than anyone may be kept waiting for it. */
export class TooDear extends Error {}
