/**
 * Waits for what another request has begun. On workers that ends with that request, and then never comes: whoever has waited so long begins it
 * anew.
 */
export async function waitOrBegin<Value>(begun: Promise<Value>, limitMs: number, begin: () => Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Value>((resolve) => {
    timer = setTimeout(() => resolve(begin()), limitMs);
  });
  try {
    return await Promise.race([begun, late]);
  } finally {
    clearTimeout(timer);
  }
}
