/** How many streams the load is made of, how many events each gives, and how often. */
export const streamPace = { streams: 500, eventsEach: 100, everyMs: 50 } as const;

/** What each stream says as soon as it has begun, before all of them go on together. */
export const streamBeginning = 'begun';

/** The same for streams whose events come as fast as they are read. */
export const briskPace = { streams: 500, eventsEach: 200 } as const;

/** One turn, about as fast as the fastest models. */
export const turnPace = { deltas: 300, everyMs: 5 } as const;

/** The same on each of several machines, each stream by itself. */
export const steadyPace = { streams: 100, eventsEach: 40, everyMs: 100 } as const;
