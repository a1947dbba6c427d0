/**
 * Waits for all of them, also when one fails: what still starts could not be stopped otherwise. Then throws what the first one
 * threw.
 */
export async function together<T extends readonly unknown[]>(
  ...works: { readonly [Place in keyof T]: Promise<T[Place]> }
): Promise<T> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
