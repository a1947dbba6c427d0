export interface GatherOptions<In, Out> {
  /** Does the work of many in one go; answers in the same order. */
  readonly flush: (items: readonly In[]) => Promise<readonly Out[]>;
  /** How many at most become one flush. */
  readonly maxBatch: number;
  /** How long the first of a batch waits for others when nothing else is in work, in milliseconds. */
  readonly maxWaitMs: number;
  /** How many flushes are in work at once; two hide the wait for the disk. */
  readonly inFlight: number;
  /**
   * How long a batch waits for the flush that is in work before it begins beside it, in milliseconds; not at all when left out. What a
   * flush costs, whoever it is for, is shared by more where they follow each other, and one that is held up holds up nobody else.
   */
  readonly besideMs?: number;
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
  const { flush, maxBatch, maxWaitMs, inFlight, besideMs = 0 } = options;
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

  /** Begins with those who wait. */
  const launch = (): void => {
    clearTimeout(timer);
    timer = undefined;
    while (flying < inFlight && waiting.length > 0) {
      flying++;
      void settle(waiting.splice(0, maxBatch)).finally(() => {
        flying--;
        if (flying === 0 || besideMs === 0) launch();
        else if (waiting.length > 0) prepare();
      });
    }
  };

  /** Begins once enough of them wait, or the first of them has waited long enough. */
  const prepare = (): void => {
    if (flying >= inFlight) return;
    if (waiting.length >= maxBatch) launch();
    else timer ??= setTimeout(launch, flying === 0 ? maxWaitMs : Math.max(maxWaitMs, besideMs));
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      prepare();
    });
}
