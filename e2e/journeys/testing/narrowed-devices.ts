import assert from "node:assert/strict";
import type { ConsoleView } from "./console-view.ts";
import { picture } from "./pictures.ts";

/** Narrows the list of devices by how they comply and by a fact, and keeps that as a view. */
export async function narrowDevices({ journey: { api }, page }: ConsoleView, name: string): Promise<void> {
  const failing = await api.until<{ devices: { displayName: string }[] }, string[]>(
    "/api/v1/devices?compliance=COMPLIANCE_FAILING",
    ({ devices }) => (devices.length > 0 ? devices.map(({ displayName }) => displayName) : undefined),
  );
  await page.getByRole("button", { name: "Passing or not" }).click();
  await page.getByRole("option", { name: "Failing" }).click();
  for (const each of failing) await page.getByRole("link", { name: each, exact: true }).waitFor();
  await page.getByRole("button", { name: "Failing" }).click();
  await page.getByRole("option", { name: "Passing or not" }).click();
  await page.getByRole("button", { name: "Any fact" }).click();
  await page.getByLabel("Fact and field").fill("system_info.hostname");
  await page.getByLabel("Value").fill(name);
  await picture(page, "devices-fact");
  await page.getByRole("button", { name: "Narrow", exact: true }).click();
  const rows = page.locator("tbody tr");
  await rows.nth(1).waitFor({ state: "detached" });
  await page.getByRole("link", { name, exact: true }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("condition"), `system_info.hostname equals ${name}`);
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByLabel("Name of this view").fill("The first host");
  await page.getByRole("button", { name: "Keep" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /system_info/ }).click();
  await page.getByRole("button", { name: "Any", exact: true }).click();
  await rows.nth(1).waitFor();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("button", { name: "The first host", exact: true }).click();
  await rows.nth(1).waitFor({ state: "detached" });
  await page.getByRole("button", { name: /system_info/ }).click();
  await page.getByRole("button", { name: "Any", exact: true }).click();
}
