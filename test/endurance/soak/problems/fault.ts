/** What goes wrong with a request upstream, on demand. Of `once` it goes wrong the first time only: the CLI asks again. */
export type Fault = '429' | '529' | '500' | 'once' | 'cut' | 'stall' | 'stream error' | 'drip';
