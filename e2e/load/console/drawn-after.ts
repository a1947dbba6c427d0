import type { Page } from "playwright-core";

/** Where the name of the first device stands. */
const FIRST_NAME = "table[aria-label=Devices] tbody tr td a";

const GIVEN_UP_MS = 60_000;

/** Notes when the person did the last thing, by the page's own clock. */
const NOTE_ACTS = `for (const kind of ["input", "pointerup"])
  addEventListener(kind, (event) => { globalThis.actedAt = event.timeStamp; }, { capture: true })`;

/** Opens an address anew. @returns milliseconds from the navigation to the list that begins with this device. */
export async function openedAfter(page: Page, url: string, first: string): Promise<number> {
  await page.goto("about:blank");
  await page.goto(url, { waitUntil: "commit" });
  return await drawnAt(page, first);
}

/** Does something to the list. @returns milliseconds from the last key or press to the list that begins with this device. */
export async function changedAfter(page: Page, act: () => Promise<void>, first: string): Promise<number> {
  await page.evaluate(NOTE_ACTS);
  const [at] = await Promise.all([drawnAt(page, first), act()]);
  return at - (await page.evaluate<number>("globalThis.actedAt"));
}

/** Looks at each frame, inside the page, so that no message to and fro is measured. */
const drawnAt = (page: Page, first: string): Promise<number> =>
  page.evaluate<number>(`new Promise((drawn, never) => {
    const look = () => {
      const name = document.querySelector(${JSON.stringify(FIRST_NAME)})?.textContent;
      if (name === ${JSON.stringify(first)}) drawn(performance.now());
      else if (performance.now() > ${GIVEN_UP_MS}) never(new Error("the list begins with " + name + " and not with " + ${JSON.stringify(first)}));
      else requestAnimationFrame(look);
    };
    look();
  })`);
