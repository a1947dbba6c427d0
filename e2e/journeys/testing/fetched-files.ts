import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { ConsoleView } from "./console-view.ts";
import { picture } from "./pictures.ts";

const PATH = "/etc/hosts";

/** Asks the device that is shown for a file, waits for it and saves it. */
export async function fetchFiles(view: ConsoleView): Promise<void> {
  const { page } = view;
  await view.openTab("Files");
  await page.getByText("It was not asked for files yet").waitFor();
  await page.getByLabel("Path").fill(PATH);
  await page.getByRole("button", { name: "Ask for them" }).click();
  const archive = page.getByRole("row", { name: PATH }).getByRole("link");
  await archive.waitFor();
  await view.settled();
  await picture(page, "device-files");
  const [download] = await Promise.all([page.waitForEvent("download"), archive.click()]);
  assert.match(download.suggestedFilename(), /^carve-[0-9a-f-]{36}\.tar$/);
  const tar = await readFile(await download.path());
  // POSIX ustar: the name comes first, and the kind of archive at 257.
  assert.equal(tar.toString("latin1", 0, PATH.length - 1), PATH.slice(1));
  assert.equal(tar.toString("latin1", 257, 262), "ustar");
}
