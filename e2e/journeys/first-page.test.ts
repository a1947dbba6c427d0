import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type Fleet, startFleet } from "../simulators/osquery/fleet.ts";
import { launchBrowser, noBrowser } from "./testing/browser.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

const HOSTS = 8;
const PICTURES = join(tmpdir(), "muster-pages");
const WIDTHS = [1280, 400];
const COLORS = ["light", "dark"] as const;

describe("the page in a browser", { skip: noBrowser }, () => {
  let journey: JourneyPlatform;
  let fleet: Fleet;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let deviceUrl = "";
  const complaints: string[] = [];

  before(async () => {
    await mkdir(PICTURES, { recursive: true });
    journey = await startJourneyPlatform({ seed: true });
    await journey.api.put("/api/v1/osquery-config", { options: { distributed_interval: 1 } });
    fleet = await startFleet({
      server: journey.platform.urls.device,
      ca: journey.ca,
      enrollSecret: journey.enrollSecret,
      hosts: HOSTS,
      seed: "page",
      timing: { distributedMs: 1_000 },
    });
    browser = await launchBrowser();
    context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      baseURL: journey.platform.urls.gateway,
    });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await journey.api.until<{ devices: { factsAt?: string }[] }, true>("/api/v1/devices?pageSize=100", ({ devices }) =>
      devices.filter(({ factsAt }) => Boolean(factsAt)).length === HOSTS ? true : undefined,
    );
  });

  after(async () => {
    await browser?.close();
    await fleet?.stop();
    await journey?.stop();
  });

  /** Takes the place's picture in every width and colour, and sees that nothing hangs out at its side. */
  const picture = async (name: string): Promise<void> => {
    for (const width of WIDTHS) {
      for (const colorScheme of COLORS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: join(PICTURES, `${name}-${width}-${colorScheme}.png`), fullPage: true });
      }
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.equal(overflow, 0, `${name} is wider than ${width} pixels`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  };

  const openTab = async (name: string): Promise<void> => {
    await page.getByRole("tab", { name }).click();
    await page.locator("[aria-busy]").waitFor({ state: "detached" });
  };

  it("lets an administrator in, and nobody with a wrong password", async () => {
    const { email, password } = journey.platform.administrator;
    await page.goto("/");
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await picture("sign-in");
    // What a browser says about an answer of 401 is no fault of the page.
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes("status of 401")));
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.getByText("Live", { exact: true }).waitFor();
    await page.locator("[aria-busy]").first().waitFor({ state: "detached" });
    await picture("overview");
  });

  it("lists the fleet, and finds one host of it", async () => {
    await page.getByRole("link", { name: "Devices", exact: true }).click();
    const rows = page.locator("tbody tr");
    await rows.nth(HOSTS - 1).waitFor();
    assert.equal(await rows.count(), HOSTS);
    await picture("devices");
    const name = fleet.hosts[0]?.facts.identity.name ?? "";
    await page.getByLabel("Search devices").fill(name);
    await rows.nth(1).waitFor({ state: "detached" });
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { name, level: 1 }).waitFor();
    deviceUrl = page.url();
  });

  it("shows a device's facts, policies, software and timeline", async () => {
    const host = fleet.hosts[0];
    await page.locator(".facts section").first().waitFor();
    await page
      .getByText(host?.facts.identity.serial ?? "", { exact: true })
      .first()
      .waitFor();
    await picture("device-facts");
    await openTab("Policies");
    await page.locator(".verdict").first().waitFor();
    await picture("device-policies");
    await openTab("Software");
    await page.locator("[role=tabpanel] tbody tr").nth(5).waitFor();
    await picture("device-software");
    await openTab("Commands");
    await picture("device-commands");
    await openTab("Timeline");
    await page.locator("[role=tabpanel] .feed li").first().waitFor();
    await picture("device-timeline");
  });

  it("opens a device's address by itself, signed in as before", async () => {
    await page.goto(deviceUrl);
    await page.locator(".facts section").first().waitFor();
  });

  it("streams the rows of a live query", async () => {
    await page.getByRole("link", { name: "Live query" }).click();
    await page.getByLabel("SQL").fill("SELECT hostname, cpu_brand, physical_memory FROM system_info");
    await page.getByRole("button", { name: "Run" }).click();
    await page.getByText(`${HOSTS} of ${HOSTS} devices`).waitFor();
    for (const { facts } of fleet.hosts) await page.getByRole("cell", { name: facts.identity.name }).first().waitFor();
    assert.equal(await page.locator("tbody tr").count(), HOSTS);
    await picture("live-query");
  });

  it("shows policies, activity, webhooks and how to enroll", async () => {
    for (const name of ["Policies", "Activity", "Webhooks", "Enroll"]) {
      await page.getByRole("navigation").getByRole("link", { name }).click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.locator("[aria-busy]").waitFor({ state: "detached" });
      await picture(name.toLowerCase());
    }
  });

  it("gave the browser nothing to complain about", (test) => {
    test.diagnostic(`the pictures are in ${PICTURES}`);
    assert.deepEqual(complaints, []);
  });
});
