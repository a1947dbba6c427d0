interface Stoppable {
  stop(): Promise<unknown>;
}

/** Waits for several starts at once. When one fails, the others are stopped: the test file would run as long as they do. */
export async function startTogether<T extends readonly Stoppable[]>(
  ...starting: { readonly [Place in keyof T]: Promise<T[Place]> }
): Promise<T> {
  try {
    return await Promise.all(starting);
  } catch (error) {
    for (const outcome of await Promise.allSettled<Stoppable>(starting)) {
      if (outcome.status === "fulfilled") await outcome.value.stop();
    }
    throw error;
  }
}
