import assert from "node:assert/strict";
import type { ConsoleView } from "./console-view.ts";
import { picture } from "./pictures.ts";

interface EditedPolicy {
  readonly name: string;
  readonly resolution: string;
}

/** Edits the policy that the page shows while somebody else does too: nothing that either wrote may be lost. */
export async function editTwice(view: ConsoleView): Promise<void> {
  const { page } = view;
  const { api } = view.journey;
  const path = `/api/v1${new URL(page.url()).pathname}`;
  const form = page.getByRole("dialog", { name: "Edit" });
  const name = form.getByLabel("Name", { exact: true });
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await name.fill("Knows its name");
  const seen = await api.get<EditedPolicy>(path);
  await api.put(path, { ...seen, name: "Has some name", resolution: "Name it." });
  await form.getByRole("button", { name: "Save" }).click();
  await form.getByRole("alert").getByText("changed this while you were editing").waitFor();
  view.forgive(412);
  assert.equal(await name.inputValue(), "Knows its name", "what was written stays");
  assert.equal(await form.getByRole("textbox", { name: "What to do where it fails" }).inputValue(), "Name it.");
  await picture(page, "changed-meanwhile");
  const kept = form.getByRole("radiogroup", { name: "Name: which to keep" });
  await kept.getByRole("radio", { name: "There now" }).click();
  assert.equal(await name.inputValue(), "Has some name");
  await kept.getByRole("radio", { name: "Yours" }).click();
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Knows its name", level: 1 }).waitFor();
  const { name: saved, resolution } = await api.get<EditedPolicy>(path);
  assert.deepEqual({ saved, resolution }, { saved: "Knows its name", resolution: "Name it." });
}
