import assert from "node:assert/strict";
import type { ConsoleView } from "./console-view.ts";
import { ISSUER, OTHER_ISSUER } from "./made-things.ts";
import { picture } from "./pictures.ts";
import { beOvertaken } from "./two-edits.ts";

interface KeptSignIn {
  readonly id: string;
  readonly issuer: string;
  readonly confidential: boolean;
  readonly domains: readonly string[];
  readonly minimums: readonly { readonly osVersion: string }[];
}

/** Makes an account sign-in, edits it while somebody else does, and moves it to another provider. */
export async function editAccounts(view: ConsoleView): Promise<void> {
  const { page } = view;
  const { api } = view.journey;
  const path = "/api/v1/account-sign-ins";
  const kept = async () => {
    const { accountSignIns } = await api.get<{ accountSignIns: [KeptSignIn] }>(path);
    return accountSignIns[0];
  };
  const form = page.getByRole("dialog");
  const closed = () => form.waitFor({ state: "detached" });
  const edit = () => page.getByRole("button", { name: "Edit", exact: true }).click();
  const secret = form.getByLabel("Client secret");

  await view.open("Apple");
  await view.openTab("Managed accounts");
  await page.getByText("No account sign-in yet").waitFor();
  await picture(page, "account-sign-ins-none");
  await page.getByRole("button", { name: "New account sign-in" }).click();
  await form.getByLabel("Name", { exact: true }).fill("Example ID");
  await form.getByLabel("Mail domains").fill("example.com, example.org");
  await form.getByLabel("Issuer").fill(ISSUER);
  await form.getByLabel("Client id").fill("muster-devices");
  await secret.fill("kept nowhere else");
  await form.getByRole("button", { name: "Create" }).click();
  await closed();
  await page.getByRole("row", { name: /example.com, example.org/ }).waitFor();
  await picture(page, "account-sign-ins");

  await edit();
  await beOvertaken(view, {
    form,
    submit: "Save",
    writes: ["Mail domains", "example.com"],
    meanwhile: async () => {
      const seen = await kept();
      const minimums = [{ platform: "PLATFORM_IOS", osVersion: "18.2" }];
      await api.put(`${path}/${seen.id}`, { ...seen, minimums, name: "Example accounts", domains: ["example.net"] });
    },
    takes: ["Name", "Example accounts"],
  });
  await picture(page, "account-sign-in-form");
  await form.getByRole("button", { name: "Save" }).click();
  await closed();
  const { id, confidential, domains, minimums } = await kept();
  assert.deepEqual([confidential, domains, minimums[0]?.osVersion], [true, ["example.com"], "18.2"]);

  await assert.rejects(api.put(`${path}/${id}`, { ...(await kept()), issuer: OTHER_ISSUER }), /account\.secret_needed/);
  await edit();
  await form.getByLabel("Issuer").fill(OTHER_ISSUER);
  await form.getByText("The issuer is another one: write its secret.").waitFor();
  await secret.fill("what the other provider knows");
  await form.getByRole("button", { name: "Save" }).click();
  await closed();
  assert.equal((await kept()).issuer, OTHER_ISSUER);
}
