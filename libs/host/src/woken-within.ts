/**
 * Waits until somebody is woken, and so long at most. Its timer is cleared rather than aborted: an abort makes two errors with their
 * stacks, which cost more than the rest of a wait that seldom lasts.
 * @returns whether the waking came first.
 */
export const wokenWithin = (woken: Promise<unknown>, ms: number): Promise<boolean> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ms);
    void woken.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
