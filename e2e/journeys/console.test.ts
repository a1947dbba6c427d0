import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import type { Browser, Page } from "playwright-core";
import { testDevice } from "../simulators/apple/testing/test-device.ts";
import type { Fleet } from "../simulators/osquery/fleet.ts";
import { noBrowser } from "./testing/browser.ts";
import { ConsoleView, OTHER_PAGES } from "./testing/console-view.ts";
import { fetchFiles } from "./testing/fetched-files.ts";
import { guestNetwork } from "./testing/guest-network.ts";
import type { JourneyPlatform } from "./testing/journey-platform.ts";
import { makeThings, SHOWN } from "./testing/made-things.ts";
import { narrowDevices } from "./testing/narrowed-devices.ts";
import { ADVICE, ownDevice } from "./testing/own-device.ts";
import { accessibleContext, PICTURES, picture } from "./testing/pictures.ts";
import { setUpSecondFactor } from "./testing/second-factor.ts";
import { editTwice } from "./testing/two-edits.ts";

const HOSTS = 8;

describe("the console in a browser", { skip: noBrowser }, () => {
  let view: ConsoleView;
  let journey: JourneyPlatform;
  let fleet: Fleet;
  let browser: Browser;
  let page: Page;

  before(async () => {
    view = await ConsoleView.start(HOSTS);
    ({ browser, fleet, journey, page } = view);
  });
  after(() => view?.stop());

  const settled = () => view.settled();
  const open = (name: string) => view.open(name);
  const openTab = (name: string) => view.openTab(name);

  it("lets an administrator in, and nobody with a wrong password", async () => {
    const { email, password } = journey.platform.administrator;
    await page.goto("/");
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await picture(page, "sign-in");
    view.forgive(401);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.locator(".platforms li").first().waitFor();
    await page.locator(".feed li").first().waitFor();
    await settled();
    await picture(page, "overview");
  });

  it("lists the fleet, finds one host of it, and keeps what was searched for in the address", async () => {
    await open("Devices");
    const rows = page.locator("tbody tr");
    await rows.nth(HOSTS - 1).waitFor();
    assert.equal(await rows.count(), HOSTS);
    await picture(page, "devices");
    const name = fleet.hosts[0]?.facts.identity.name ?? "";
    await narrowDevices(view, name);
    await page.getByRole("searchbox", { name: "Search devices" }).fill(name);
    await rows.nth(1).waitFor({ state: "detached" });
    assert.equal(new URL(page.url()).searchParams.get("search"), name);
    await page.reload();
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { name, level: 1 }).waitFor();
  });

  it("shows a device's facts, policies, software, commands, timeline and secrets", async () => {
    await page.locator(".facts section").first().waitFor();
    await page.getByRole("slider", { name: "As it was at" }).press("Home");
    await page.getByText("Nothing was known at that time.").waitFor();
    await page.getByRole("slider", { name: "As it was at" }).press("End");
    await page.locator(".facts section").first().waitFor();
    await picture(page, "device-facts");
    await openTab("Policies");
    await page.locator(".verdicts li").first().waitFor();
    await picture(page, "device-policies");
    await openTab("Software");
    await page.getByRole("tabpanel").locator("tbody tr").nth(5).waitFor();
    await picture(page, "device-software");
    await openTab("Timeline");
    await page.getByRole("tabpanel").locator(".feed li").first().waitFor();
    await picture(page, "device-timeline");
    await openTab("Secrets");
    await openTab("Commands");
  });

  it("has a host send files, and saves them", () => fetchFiles(view));

  it("offers a host that only osquery manages no command that osquery cannot do", async () => {
    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: "Unenroll" }).waitFor();
    assert.equal(await page.getByRole("menuitem").count(), 1);
    await page.keyboard.press("Escape");
  });

  it("goes anywhere from the keyboard", async () => {
    const name = fleet.hosts[0]?.facts.identity.name ?? "";
    await page.keyboard.press("Control+k");
    await page.getByRole("searchbox", { name: "Search or go to" }).fill(name);
    await page.getByRole("menuitem", { name }).waitFor();
    await picture(page, "palette");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name, level: 1 }).waitFor();
  });

  it("streams the rows of a live query, and completes a table's name", async () => {
    await open("Live query");
    const sql = page.getByLabel("SQL");
    await sql.fill("");
    await sql.pressSequentially("SELECT hostname, cpu_brand FROM system_i");
    await sql.press("Tab");
    assert.equal(await sql.inputValue(), "SELECT hostname, cpu_brand FROM system_info");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByRole("heading", { name: `${HOSTS} of ${HOSTS} devices` }).waitFor();
    for (const { facts } of fleet.hosts) await page.getByRole("cell", { name: facts.identity.name }).first().waitFor();
    await picture(page, "live-query");
  });

  it("makes a policy, shows what devices answer to it, keeps both of two edits of it, and removes it again", async () => {
    await open("Policies");
    await picture(page, "policies");
    await page.getByRole("button", { name: "New policy" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Has a name");
    await page.getByLabel("SQL").fill("SELECT 1 FROM system_info WHERE hostname <> ''");
    await picture(page, "policy-form");
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "New policy" }).click();
    assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "", "the next form begins anew");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("link", { name: "Has a name" }).click();
    await page
      .getByRole("cell", { name: "pass" })
      .nth(HOSTS - 1)
      .waitFor();
    await picture(page, "policy");
    await editTwice(view);
    await page.getByRole("button", { name: "Delete…" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { name: "Policies", level: 1 }).waitFor();
    await page.getByRole("link", { name: "Knows its name" }).waitFor({ state: "detached" });
  });

  it("asks a Mac what a Mac does, and erases it only for somebody who writes its name and why", async (test) => {
    const { token } = await journey.api.post<{ token: string }>("/api/v1/enrollment-tokens", { name: "Macs" });
    const mac = testDevice(test, "Mac", { ca: journey.ca, seed: "page-mac" });
    await mac.enrollFrom(`${journey.platform.urls.device}/apple/enroll/${token}`);
    const { id, displayName } = await journey.api.until<
      { devices: { id: string; displayName: string }[] },
      { id: string; displayName: string }
    >(`/api/v1/devices?search=${mac.hardware.serial}`, ({ devices }) => devices[0]);
    await page.goto(`/devices/${id}?tab=commands`);
    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: "Lock" }).waitFor();
    assert.equal(await page.getByRole("menuitem", { name: "Clear passcode" }).count(), 0);
    await page.getByRole("menuitem", { name: "Restart" }).click();
    await page.getByRole("alertdialog", { name: `Restart ${displayName}?` }).waitFor();
    await page.getByLabel("Why, for the record").fill("a journey");
    await page.getByRole("alertdialog").getByRole("button", { name: "Restart" }).click();
    await page
      .getByRole("tabpanel")
      .getByText(/^Restart/)
      .waitFor();
    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: "Wipe" }).click();
    const wipe = page.getByRole("alertdialog").getByRole("button", { name: "Wipe" });
    assert.equal(await wipe.isDisabled(), true);
    await page.getByLabel("Why, for the record").fill("it is lost");
    await page.getByLabel(`Write ${displayName} to confirm`).fill(displayName);
    await picture(page, "confirm-wipe");
    assert.equal(await wipe.isDisabled(), false);
    await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
    await open("Profiles");
    await page.getByRole("button", { name: "Upload a profile" }).click();
    await page.locator("input[type=file]").setInputFiles({
      name: "Guest network.mobileconfig",
      mimeType: "application/x-apple-aspen-config",
      buffer: Buffer.from(guestNetwork()),
    });
    await page.getByText("com.apple.wifi.managed").waitFor();
    await picture(page, "profile-upload");
    await page.getByRole("button", { name: "Upload", exact: true }).click();
    await page.getByRole("link", { name: "Guest network" }).click();
    await page.getByRole("cell", { name: displayName }).first().waitFor();
    // What the Mac has taken is shown without a reload.
    const verified = page.getByRole("cell", { name: "verified" });
    await eventually("the profile to be verified", async () => {
      await mac.poll();
      return (await verified.count()) > 0 ? true : undefined;
    });
    await picture(page, "profile");
    await page.getByRole("link", { name: displayName }).click();
    await page.getByRole("tab", { name: "Configuration", selected: true }).waitFor();
    await settled();
    await picture(page, "device-configuration");
  });

  it("saves a script, and runs it from its page on a device that is found by its name", async () => {
    await open("Scripts");
    await page.getByRole("button", { name: "New script" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Say hello");
    await page.getByLabel("Script", { exact: true }).fill("#!/bin/sh\necho hello");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "Say hello" }).click();
    await page.getByRole("heading", { name: "Say hello", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Run" }).click();
    const name = fleet.hosts[0]?.facts.identity.name ?? "";
    await page.getByRole("combobox", { name: "Device" }).fill(name);
    // What is found moves up as the others go: a click on its way would end between them.
    const option = page.getByRole("option", { name });
    await option.waitFor();
    await page.getByRole("option").nth(1).waitFor({ state: "detached" });
    await option.click();
    await picture(page, "script-run");
    await page.getByRole("dialog").getByRole("button", { name: "Run" }).click();
    // A host with osquery alone runs no script, and the platform says so.
    await page.getByRole("alert").getByText("which cannot do this").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await picture(page, "script");
  });

  it("shows every other page", async () => {
    await makeThings(journey.api);
    for (const name of OTHER_PAGES) {
      await open(name);
      if (SHOWN[name] !== undefined) await page.locator(SHOWN[name]).first().waitFor();
      await picture(page, name.toLowerCase().replaceAll(" ", "-"));
    }
    await open("Apple");
    await openTab("Automated enrollment");
    await picture(page, "apple-enrollment");
    await open("Webhooks");
    await page.getByRole("link", { name: "SOC" }).click();
    await page.getByText("No delivery like this").waitFor();
    await picture(page, "webhook");
    await setUpSecondFactor(view);
  });

  it("draws over time what was counted this hour, with the same as a table", async () => {
    for (const history of ["device-count", "compliance", "command-latency", "event-count"])
      await journey.api.until<{ history: object[] }, object>(
        `/api/v1/${history}-history`,
        (answer) => answer.history[0],
        60_000,
      );
    await open("Overview");
    for (const label of ["Devices by platform", "From asked for to answered"]) {
      const plot = page
        .getByRole("figure")
        .filter({ has: page.getByRole("table", { name: label, includeHidden: true }) });
      await plot.getByText("As a table").click();
      await plot.getByRole("row").nth(1).waitFor();
    }
    await page.getByRole("heading", { name: "Events a minute", level: 2 }).scrollIntoViewIfNeeded();
    await picture(page, "overview-over-time");
  });

  it("shows the person at a device of their own what is known of it, behind a link of the device", async (test) => {
    const { identity, link, token } = await ownDevice(journey, test);
    const owner = await accessibleContext(browser, journey.platform.urls.gateway);
    test.after(() => owner.close());
    const own = await owner.newPage();
    await own.goto(link);
    await own.waitForURL("**/my-device");
    await own.getByRole("heading", { name: "What is never collected" }).waitFor();
    await own.getByText(ADVICE).waitFor();
    const never = await own.getByRole("region", { name: "What is never collected" }).innerText();
    for (const says of ["Its serial number", "The programs installed on it"]) assert.ok(never.includes(says), never);
    const html = await own.content();
    for (const secret of [identity.serial, identity.name, token]) assert.ok(!html.includes(secret));
    await picture(own, "my-device");
    await own.getByRole("button", { name: "Check this device now" }).click();
    await own.getByRole("status").waitFor();
    await picture(own, "my-device-asked");
    await own.goto(link);
    await own.getByRole("heading", { name: "Open this page from your device" }).waitFor();
    await picture(own, "my-device-refused");
  });

  it("gave the browser nothing to complain about", (test) => {
    test.diagnostic(`the pictures are in ${PICTURES}`);
    assert.deepEqual(view.complaints, []);
  });
});
