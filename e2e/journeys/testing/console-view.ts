import type { Browser, Page } from "playwright-core";
import { type Fleet, startFleet } from "../../simulators/osquery/fleet.ts";
import { launchBrowser } from "./browser.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./journey-platform.ts";
import { ISSUER, OTHER_ISSUER } from "./made-things.ts";
import { accessibleContext } from "./pictures.ts";

/** The pages of the menu at which nothing is done but to look. */
export const OTHER_PAGES = [
  "Scripts",
  "Approvals",
  "Declarations",
  "Apple",
  "Settings",
  "osquery",
  "Labels",
  "Audit",
  "Enroll",
  "Activity",
  "Commands",
  "Campaigns",
  "Webhooks",
  "Sinks",
  "Subscribers",
  "Parked events",
  "Health",
  "Users",
  "Roles",
  "Sign-in providers",
  "Second factor",
  "API tokens",
];

/** A platform with hosts of which everything is known, and its console in a browser. */
export class ConsoleView {
  readonly journey: JourneyPlatform;
  readonly fleet: Fleet;
  readonly browser: Browser;
  readonly page: Page;
  /** What the page had the browser say. */
  readonly complaints: string[] = [];

  private constructor({ browser, fleet, journey, page }: Pick<ConsoleView, "browser" | "fleet" | "journey" | "page">) {
    this.journey = journey;
    this.fleet = fleet;
    this.browser = browser;
    this.page = page;
    page.setDefaultTimeout(30_000);
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning")
        this.complaints.push(`${message.text()} at ${page.url()}, of ${message.location().url}`);
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
  }

  static async start(hosts: number): Promise<ConsoleView> {
    const journey = await startJourneyPlatform({
      seed: true,
      environment: { MUSTER_APPROVAL_ABOVE: "0", MUSTER_OIDC_ISSUERS: `${ISSUER},${OTHER_ISSUER}` },
    });
    await journey.api.put("/api/v1/osquery-config", { options: { distributed_interval: 1 } });
    const fleet = await startFleet({
      server: journey.platform.urls.device,
      ca: journey.ca,
      enrollSecret: journey.enrollSecret,
      hosts,
      seed: "page",
      timing: { distributedMs: 1_000, carveMs: 500 },
    });
    const browser = await launchBrowser();
    const page = await (await accessibleContext(browser, journey.platform.urls.gateway)).newPage();
    await journey.api.until<{ devices: { factsAt?: string }[] }, true>("/api/v1/devices?pageSize=100", ({ devices }) =>
      devices.filter(({ factsAt }) => Boolean(factsAt)).length === hosts ? true : undefined,
    );
    return new ConsoleView({ browser, fleet, journey, page });
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.fleet.stop();
    await this.journey.stop();
  }

  /** What a browser says about an answer that was asked for is no fault of the page. */
  forgive(status: number): void {
    const rest = this.complaints.filter((text) => !text.includes(`status of ${status}`));
    this.complaints.splice(0, this.complaints.length, ...rest);
  }

  async signIn(): Promise<void> {
    const { email, password } = this.journey.platform.administrator;
    await this.page.goto("/");
    await this.page.getByLabel("Email").fill(email);
    await this.page.getByLabel("Password").fill(password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.page.getByRole("heading", { name: "Overview" }).waitFor();
    // Who is asked before is told that nobody is signed in.
    this.forgive(401);
  }

  settled(): Promise<void> {
    return this.page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
  }

  async open(name: string): Promise<void> {
    await this.page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
    await this.page.getByRole("heading", { name, level: 1 }).waitFor();
    await this.settled();
  }

  async openTab(name: string): Promise<void> {
    await this.page.getByRole("tab", { name }).click();
    await this.page.getByRole("tabpanel", { name }).waitFor();
    await this.settled();
  }
}
