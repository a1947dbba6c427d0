import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Locator, Page } from "playwright-core";
import { SplunkHecSimulator } from "../simulators/sinks/splunk-hec.ts";
import { noBrowser } from "./testing/browser.ts";
import { ConsoleView } from "./testing/console-view.ts";
import { editAccounts } from "./testing/edited-accounts.ts";
import { editSinks, sendDeadLettersAgain } from "./testing/edited-sinks.ts";
import { makeProvider } from "./testing/made-things.ts";
import { PICTURES, picture } from "./testing/pictures.ts";
import type { RestClient } from "./testing/rest-client.ts";
import { beOvertaken } from "./testing/two-edits.ts";

interface KeptProvider {
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly confidential: boolean;
  readonly groupsClaim: string;
}

describe("what the console edits while somebody else does too", { skip: noBrowser }, () => {
  let view: ConsoleView;
  let page: Page;
  let api: RestClient;

  before(async () => {
    view = await ConsoleView.start(0);
    ({ page } = view);
    ({ api } = view.journey);
    await view.signIn();
  });
  after(() => view?.stop());

  /** Opens the form of the one thing in a table that is named so. */
  const openForm = async (row: string | RegExp, opener: string): Promise<Locator> => {
    await page.getByRole("row", { name: row }).getByRole("button", { name: opener, exact: true }).click();
    return page.getByRole("dialog");
  };
  const saved = async (form: Locator, submit: string) => {
    await form.getByRole("button", { name: submit, exact: true }).click();
    await form.waitFor({ state: "detached" });
  };

  it("are sign-in providers, whose client secret stays when none is written", async () => {
    const path = "/api/v1/sign-in-providers";
    const kept = async () => {
      const { signInProviders } = await api.get<{ signInProviders: [KeptProvider] }>(path);
      return signInProviders[0];
    };
    await makeProvider(api);
    await view.open("Sign-in providers");
    const form = await openForm(/Example ID/, "Change");
    await beOvertaken(view, {
      form,
      submit: "Change",
      writes: ["Client id", "muster-console"],
      meanwhile: async () => {
        const seen = await kept();
        await api.put(`${path}/${seen.id}`, { ...seen, clientId: "other", groupsClaim: "teams" });
      },
      takes: ["Claim with the groups", "teams"],
    });
    await picture(page, "provider-form");
    await saved(form, "Change");
    const { clientId, confidential, groupsClaim, issuer } = await kept();
    assert.deepEqual(
      { clientId, confidential, groupsClaim },
      { clientId: "muster-console", confidential: true, groupsClaim: "teams" },
    );
    assert.equal(issuer, "https://login.example.com");
  });

  it("are users, whose password stays when none is written", async () => {
    const { id, email } = await api.post<{ id: string; email: string }>("/api/v1/users", {
      email: "kim@example.com",
      name: "Kim",
      password: "quite a long secret",
      role: "viewer",
    });
    await view.open("Users");
    const form = await openForm(/kim@example.com/, "Change");
    await form.getByRole("textbox", { name: "Name" }).fill("Kim Doe");
    await api.patch(`/api/v1/users/${id}`, { name: "Kimberly" });
    await form.getByRole("button", { name: "Change", exact: true }).click();
    await form.getByRole("alert").getByText("changed this while you were editing").waitFor();
    view.forgive(412);
    await picture(page, "user-form");
    await saved(form, "Change");
    await page.getByRole("row", { name: /Kim Doe/ }).waitFor();
    const answer = await fetch(new URL("/api/v1/sign-in", view.journey.platform.urls.gateway), {
      method: "POST",
      headers: { "content-type": "application/json", "x-muster-csrf": "1" },
      body: JSON.stringify({ email, password: "quite a long secret" }),
    });
    assert.equal(answer.status, 200);
  });

  it("are Apple’s servers with their rules in order, and setup profiles, of which the rest does", async () => {
    const profile = await api.post<{ id: string }>("/api/v1/automated-enrollment-profiles", {
      name: "Laptops",
      department: "IT",
      supervised: true,
      supportPhoneNumber: "+49 30 1234",
    });
    const { id } = await api.post<{ id: string }>("/api/v1/automated-enrollment-servers", { name: "Business Manager" });
    const serverPath = `/api/v1/automated-enrollment-servers/${id}`;
    const rules = [{ profileId: profile.id, serialPrefix: "C02" }];
    await api.put(serverPath, { name: "Business Manager", rules });
    await view.open("Apple");
    await view.openTab("Automated enrollment");
    await page.getByRole("button", { name: "Edit", exact: true }).first().click();
    const server = page.getByRole("dialog");
    await server.getByRole("textbox", { name: "Name" }).fill("Our Business Manager");
    await server.getByRole("button", { name: "Add a rule" }).click();
    const added = server.getByRole("group", { name: "Rule 2" });
    await added.getByRole("button", { name: "Family" }).click();
    await page.getByRole("option", { name: "iPad" }).click();
    await server.getByRole("button", { name: "Try rule 2 earlier" }).click();
    await api.put(serverPath, { name: "Business Manager", rules, defaultProfileId: profile.id });
    await server.getByRole("button", { name: "Save" }).click();
    await server.getByRole("alert").getByText("changed this while you were editing").waitFor();
    view.forgive(412);
    await picture(page, "apple-server-form");
    await saved(server, "Save");
    const now = await api.get<{
      name: string;
      defaultProfileId: string;
      rules: { serialPrefix: string; deviceFamily: string; profileId: string }[];
    }>(serverPath);
    assert.deepEqual(
      [
        now.name,
        now.defaultProfileId,
        now.rules.map(({ deviceFamily, serialPrefix, profileId }) => [deviceFamily, serialPrefix, profileId]),
      ],
      [
        "Our Business Manager",
        profile.id,
        [
          ["iPad", "", ""],
          ["", "C02", profile.id],
        ],
      ],
    );
    const profilePath = `/api/v1/automated-enrollment-profiles/${profile.id}`;
    const form = await openForm(/Laptops/, "Edit");
    await beOvertaken(view, {
      form,
      submit: "Save",
      writes: ["Panes to leave out", "Siri, Privacy"],
      meanwhile: async () => api.put(profilePath, { ...(await api.get(profilePath)), name: "Mac laptops" }),
      takes: ["Name", "Mac laptops"],
    });
    await picture(page, "setup-profile-form");
    await saved(form, "Save");
    const kept = await api.get<{ skipSetupItems: string[]; supportPhoneNumber: string }>(profilePath);
    assert.deepEqual([kept.skipSetupItems, kept.supportPhoneNumber], [["Siri", "Privacy"], "+49 30 1234"]);
  });

  it("are sinks, whose secrets stay where none is written, and are asked for anew when the host is another", async (test) => {
    const token = "5f1c-of-theirs";
    const splunk = new SplunkHecSimulator({ token, acknowledges: false, indexes: ["main"] });
    await splunk.open();
    test.after(() => splunk.close());
    await editSinks(view, splunk, token);
    await sendDeadLettersAgain(view, splunk);
    await page.getByRole("button", { name: "Delete…" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await page.getByText("No sink yet").waitFor();
    // Its page may have asked for it once more before it was left.
    view.forgive(404);
  });

  it("are account sign-ins, whose client secret is not told to another issuer", () => editAccounts(view));

  it("is osquery’s configuration, part by part", async () => {
    const path = "/api/v1/osquery-config";
    await view.open("osquery");
    await page.getByText("Nothing is scheduled").waitFor();
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const form = page.getByRole("dialog");
    await form.getByRole("textbox", { name: "Schedule" }).fill("{ users }");
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByRole("alert").getByText("Schedule is not JSON").waitFor();
    await beOvertaken(view, {
      form,
      submit: "Save",
      writes: ["Schedule", JSON.stringify({ users: { query: "SELECT * FROM users", interval: 3_600 } }, undefined, 2)],
      meanwhile: async () => {
        const schedule = { groups: { query: "SELECT * FROM groups", interval: 60 } };
        await api.put(path, {
          ...(await api.get(path)),
          schedule,
          decorators: { load: ["SELECT uuid FROM system_info"] },
        });
      },
      takes: ["Decorators", JSON.stringify({ load: ["SELECT uuid FROM system_info"] }, undefined, 2)],
    });
    await picture(page, "osquery-form");
    await saved(form, "Save");
    await page.getByRole("row", { name: /users SELECT \* FROM users/ }).waitFor();
    await page.getByText("SELECT uuid FROM system_info").waitFor();
    assert.deepEqual((await api.get<{ options: object }>(path)).options, { distributed_interval: 1 });
  });

  it("gave the browser nothing to complain about", (test) => {
    test.diagnostic(`the pictures are in ${PICTURES}`);
    assert.deepEqual(view.complaints, []);
  });
});
