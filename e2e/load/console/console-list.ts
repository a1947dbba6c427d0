import { loadavg } from "node:os";
import type { Page } from "playwright-core";
import { launchBrowser } from "../../journeys/testing/browser.ts";
import { restClient } from "../../journeys/testing/rest-client.ts";
import { keptBytes } from "../kept-bytes.ts";
import { type LoadReport, Measurements } from "../load-report.ts";
import { changedAfter, openedAfter } from "./drawn-after.ts";
import { fillDevices } from "./fill-devices.ts";

export interface ConsoleTarget {
  readonly gatewayUrl: string;
  readonly databaseUrl: string;
  readonly administrator: { readonly email: string; readonly password: string; readonly token: string };
}

export interface ConsoleListOptions {
  /** Stages, ascending: so many devices are known. */
  readonly devices: readonly number[];
  readonly repetitions: number;
  readonly progress: (sentence: string) => void;
}

/** A way to narrow the list: what is asked of the API for it, and what a person does. */
interface Filter {
  readonly name: string;
  readonly query: string;
  /** On the overview, where others are on the list. */
  readonly isOnOverview?: boolean;
  readonly act?: (page: Page) => Promise<void>;
}

const LABEL = "every hundredth";

/** Measures the page of devices in a real browser: until its first rows, and from each filter to the rows it leads to. */
export async function consoleList(target: ConsoleTarget, options: ConsoleListOptions): Promise<LoadReport> {
  const { gatewayUrl, databaseUrl, administrator } = target;
  const api = restClient(gatewayUrl, administrator.token);
  const { tenantId: tenant } = await api.get<{ tenantId: string }>("/api/v1/me");
  const { id: labelId } = await api.post<{ id: string }>("/api/v1/labels", { name: LABEL, kind: "LABEL_KIND_MANUAL" });
  const measurements = new Measurements();
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ baseURL: gatewayUrl, viewport: { width: 1400, height: 900 } });
    await signIn(page, administrator);
    const firstOf = async (query: string, pageToken = ""): Promise<string> => {
      const { devices, nextPageToken } = await api.get<{ devices: { displayName: string }[]; nextPageToken: string }>(
        `/api/v1/devices?pageSize=1&pageToken=${pageToken}&${query}`,
      );
      // One answer looks at so many devices only.
      return devices[0]?.displayName ?? (nextPageToken === "" ? "" : firstOf(query, nextPageToken));
    };
    let known = 0;
    for (const count of options.devices) {
      options.progress(`writing ${count - known} devices`);
      await fillDevices({ databaseUrl, tenant, labelId }, known, count);
      known = count;
      const { eachDevice } = await keptBytes(databaseUrl);
      measurements.add(`console_list.kept_kb_each.at_${count}_devices`, eachDevice / 1_000, "kB");
      const unfiltered = await firstOf("");
      for (const { name, query, isOnOverview, act } of filters(labelId, count)) {
        options.progress(`${name} with ${count} devices`);
        const first = await firstOf(query);
        if (first === "" || (query !== "" && first === unfiltered)) throw new Error(`${name} narrows nothing`);
        const times: number[] = [];
        for (let repetition = 0; repetition < options.repetitions; repetition += 1) {
          if (act === undefined) times.push(await openedAfter(page, `/devices?${query}`, first));
          else {
            if (isOnOverview) await onOverview(page);
            else await openedAfter(page, "/devices", unfiltered);
            times.push(await changedAfter(page, () => act(page), first));
          }
        }
        times.sort((one, other) => one - other);
        const part = (percent: number) => times[Math.ceil((times.length * percent) / 100) - 1] ?? Number.NaN;
        for (const percent of [50, 95])
          measurements.add(`console_list.${name}_ms_p${percent}.at_${count}_devices`, part(percent), "ms");
        options.progress(`  ${part(50).toFixed(0)} ms in the middle, ${part(95).toFixed(0)} ms at the 95th percentile`);
        measurements.add(`console_list.machine_load_meanwhile.at_${count}_devices`, loadavg()[0] ?? 0, "processes");
      }
    }
  } finally {
    await browser.close();
  }
  return measurements.report();
}

function filters(labelId: string, count: number): readonly Filter[] {
  const wanted = String(count - 3).padStart(7, "0");
  const chosen = (field: string, choice: string) => async (page: Page) => {
    await page.getByRole("button", { name: field }).click();
    await page.getByRole("option", { name: choice, exact: true }).click();
  };
  return [
    { name: "page_opened", query: "" },
    {
      name: "first_rows",
      query: "",
      isOnOverview: true,
      act: (page) => page.getByRole("link", { name: "Devices", exact: true }).click(),
    },
    {
      name: "text",
      query: `search=${wanted}`,
      act: (page) => page.getByLabel("Search devices").fill(wanted),
    },
    { name: "platform", query: "platform=PLATFORM_LINUX", act: chosen("Platform", "Linux") },
    { name: "label", query: `labelId=${labelId}`, act: chosen("Label", LABEL) },
    { name: "presence", query: "presence=offline", act: chosen("Presence", "Offline") },
    { name: "failing", query: "compliance=COMPLIANCE_FAILING", act: chosen("Passing or not", "Failing") },
    { name: "not_known", query: "compliance=COMPLIANCE_UNKNOWN", act: chosen("Passing or not", "Not known") },
    { name: "common_software", query: "software=load-package-10&platform=PLATFORM_LINUX" },
    { name: "rare_software", query: "software=load-package-150" },
  ];
}

async function signIn(page: Page, { email, password }: ConsoleTarget["administrator"]): Promise<void> {
  await page.goto("/");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

async function onOverview(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}
