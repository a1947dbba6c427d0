import assert from "node:assert/strict";
import type { ConsoleView } from "./console-view.ts";
import { oneTimeCode } from "./one-time-code.ts";
import { picture } from "./pictures.ts";

/** Sets an authenticator app up as a person does: from the password over the QR code to the recovery codes. */
export async function setUpSecondFactor(view: ConsoleView): Promise<void> {
  const { page } = view;
  await view.open("Second factor");
  const remove = page.getByRole("button", { name: "Remove" });
  await page.getByLabel("Your password").fill(view.journey.platform.administrator.password);
  assert.equal(await remove.count(), 0, "there is none to remove");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("img", { name: "The secret as a QR code" }).waitFor();
  await picture(page, "second-factor-qr");
  const secret = (await page.getByText(/^[A-Z2-7]{32}$/).textContent()) ?? "";
  await page.getByLabel("Code", { exact: true }).fill(oneTimeCode(secret, Date.now()));
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByText("Signing in asks for a code from now on.").waitFor();
  await remove.waitFor();
  const codes = (await page.getByText(/^[A-Z2-7]{4}-/).textContent()) ?? "";
  assert.ok(codes.split("\n").length >= 8, codes);
  await picture(page, "second-factor-codes");
}
