export interface GatherOptions<In, Out> {
  /** Does the work of many in one go; answers in the same order. */
  readonly flush: (items: readonly In[]) => Promise<readonly Out[]>;
  /** How many at most become one flush. */
  readonly maxBatch: number;
  /** How long the first of a batch waits for others when nothing else is in work, in milliseconds. */
  readonly maxWaitMs: number;
  /** How many flushes are in work at once; two hide the wait for the disk. */
  readonly inFlight: number;
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (value: Out) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns concurrent requests into set-based work: while one flush is in work, the requests that arrive wait and become
 * the next. One bad item does not fail its batch: a failed flush is halved until the bad one is alone.
 */
export function gather<In, Out>(options: GatherOptions<In, Out>): (item: In) => Promise<Out> {
  const { flush, maxBatch, maxWaitMs, inFlight } = options;
  const waiting: Waiting<In, Out>[] = [];
  let flying = 0;
  let timer: NodeJS.Timeout | undefined;

  const settle = async (batch: readonly Waiting<In, Out>[]): Promise<void> => {
    try {
      const results = await flush(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(results[index] as Out));
    } catch (error) {
      if (batch.length === 1) return batch[0]?.reject(error);
      const middle = Math.ceil(batch.length / 2);
      await settle(batch.slice(0, middle));
      await settle(batch.slice(middle));
    }
  };

  const launch = (): void => {
    timer = undefined;
    while (flying < inFlight && waiting.length > 0) {
      flying++;
      void settle(waiting.splice(0, maxBatch)).finally(() => {
        flying--;
        launch();
      });
    }
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (flying >= inFlight) return;
      if (waiting.length >= maxBatch) {
        clearTimeout(timer);
        launch();
      } else timer ??= setTimeout(launch, maxWaitMs);
    });
}
