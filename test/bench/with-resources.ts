interface Resource {
  close(): unknown;
}

/** Runs a task; what it gives to `keep` is closed when it has ended, however it ended, the last first. */
export async function withResources<Value>(
  task: (keep: <Kept extends Resource>(resource: Kept) => Kept) => Promise<Value>,
): Promise<Value> {
  const kept: Resource[] = [];
  try {
    return await task((resource) => {
      kept.push(resource);
      return resource;
    });
  } finally {
    for (const resource of kept.toReversed()) await resource.close();
  }
}
