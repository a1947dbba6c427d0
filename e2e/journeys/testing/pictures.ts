import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";

export const PICTURES = join(tmpdir(), "muster-pages");

/** Both widths and both themes, each once: what one hides the other shows. */
const LOOKS = [
  { width: 1280, colorScheme: "dark" },
  { width: 390, colorScheme: "light" },
] as const;

const DESKTOP = { width: 1280, height: 900 };

/** A browser that knows what WCAG 2.2 AA asks for, at an origin. */
export async function accessibleContext(browser: Browser, baseURL: string): Promise<BrowserContext> {
  await mkdir(PICTURES, { recursive: true });
  const context = await browser.newContext({ viewport: DESKTOP, baseURL, reducedMotion: "reduce" });
  await context.addInitScript({ content: axe.source });
  return context;
}

/** In the browser: the names of those tables whose last column ends before they do. */
const TABLES_WITH_GAPS = `[...document.querySelectorAll("table[aria-label]")].filter((table) => {
  const last = [...(table.tHead?.rows[0]?.cells ?? [])].filter((cell) => cell.getBoundingClientRect().width > 0).at(-1);
  return last !== undefined && table.getBoundingClientRect().right - last.getBoundingClientRect().right > 2;
}).map((table) => table.getAttribute("aria-label"))`;

/** Takes a page's picture in each look, and sees that nothing hangs out at its side and nobody is shut out. */
export async function picture(page: Page, name: string): Promise<void> {
  for (const { width, colorScheme } of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ ...DESKTOP, width });
    await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`) });
    const overflow = await page.evaluate(
      "Math.max(...[document.documentElement, document.querySelector('main')].map((each) => each.scrollWidth - each.clientWidth))",
    );
    assert.equal(overflow, 0, `${name} is wider than ${width} pixels`);
    const gaps = await page.evaluate(TABLES_WITH_GAPS);
    assert.deepEqual(gaps, [], `${name} at ${width} pixels has tables that their columns do not fill`);
    const violations = await page.evaluate(
      `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"], preload: false }).then(({ violations }) =>
         violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(" | ")))`,
    );
    assert.deepEqual(violations, [], `${name} at ${width} pixels, ${colorScheme}`);
  }
  await page.setViewportSize(DESKTOP);
}
