/** Loaded into the server before anything else: answers what `start-soak-server.ts` asks, and changes nothing. No TypeScript: it would need a loader. */
const passing = new Set(['Immediate', 'TickObject', 'Timeout', 'Microtask']);

process.on('message', () => {
  // What the first lets go of, the second takes away.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().filter((type) => !passing.has(type));
  process.send({ heapBytes: heapUsed + external, residentBytes: rss, handles });
});
process.channel.unref();
