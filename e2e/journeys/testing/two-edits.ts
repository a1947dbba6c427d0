import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import type { ConsoleView } from "./console-view.ts";
import { picture } from "./pictures.ts";

/** What a person writes into a form while somebody else saves first. */
export interface Overtaken {
  readonly form: Locator;
  /** What the button that saves says. */
  readonly submit: string;
  /** The name of a field, and what is written there. */
  readonly writes: readonly [field: string, text: string];
  /** Somebody else's change of that field and of another one. */
  readonly meanwhile: () => Promise<unknown>;
  /** That other field, and what stands there now. */
  readonly takes: readonly [field: string, text: string];
}

/** Writes into a form and saves it too late: what was written has to stay, and what only the other changed to be taken over. */
export async function beOvertaken(view: ConsoleView, { form, submit, writes, meanwhile, takes }: Overtaken) {
  const field = (name: string) => form.getByRole("textbox", { name, exact: true });
  await field(writes[0]).fill(writes[1]);
  await meanwhile();
  await form.getByRole("button", { name: submit, exact: true }).click();
  await form.getByRole("alert").getByText("changed this while you were editing").waitFor();
  view.forgive(412);
  assert.equal(await field(writes[0]).inputValue(), writes[1], "what was written stays");
  assert.equal(await field(takes[0]).inputValue(), takes[1], "what only the other changed is taken over");
}

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
  await beOvertaken(view, {
    form,
    submit: "Save",
    writes: ["Name", "Knows its name"],
    meanwhile: async () =>
      api.put(path, { ...(await api.get<EditedPolicy>(path)), name: "Has some name", resolution: "Name it." }),
    takes: ["What to do where it fails", "Name it."],
  });
  await picture(page, "changed-meanwhile");
  await page.keyboard.press("Escape");
  await form.getByRole("alert").getByText("What you wrote is not saved.").waitFor();
  await form.getByRole("button", { name: "Go on writing" }).click();
  assert.equal(await name.inputValue(), "Knows its name", "a key beside the form throws nothing away");
  const kept = form.getByRole("radiogroup", { name: "Name: which to keep" });
  await kept.getByRole("radio", { name: "There now" }).click();
  assert.equal(await name.inputValue(), "Has some name");
  await kept.getByRole("radio", { name: "Yours" }).click();
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "Knows its name", level: 1 }).waitFor();
  const { name: saved, resolution } = await api.get<EditedPolicy>(path);
  assert.deepEqual({ saved, resolution }, { saved: "Knows its name", resolution: "Name it." });
}
