import assert from "node:assert/strict";
import { eventually } from "@muster/testkit/eventually";
import type { SplunkHecSimulator } from "../../simulators/sinks/splunk-hec.ts";
import type { ConsoleView } from "./console-view.ts";
import { picture } from "./pictures.ts";
import { beOvertaken } from "./two-edits.ts";

interface KeptSink {
  readonly splunkHec: { readonly source: string; readonly index: string };
}

/** Makes a sink for a Splunk as a person does, edits it while somebody else does, and moves it to another host. */
export async function editSinks(view: ConsoleView, splunk: SplunkHecSimulator, token: string): Promise<void> {
  const { page } = view;
  const { api } = view.journey;
  const form = page.getByRole("dialog");
  const secret = form.getByLabel("Token of the HTTP Event Collector");
  const tests = () => splunk.received.filter(({ event }) => JSON.stringify(event).includes("SinkTest")).length;
  const test = async () => {
    const before = tests();
    await page.getByRole("button", { name: "Test", exact: true }).click();
    // What is said of an earlier one may still be there.
    await eventually("the test event", async () => (tests() > before ? true : undefined));
    await page.getByText("The other side took a test event.").first().waitFor();
  };
  const edit = () => page.getByRole("button", { name: "Edit", exact: true }).click();
  const save = () => form.getByRole("button", { name: "Save" }).click();
  const closed = () => form.waitFor({ state: "detached" });

  await view.open("Sinks");
  await page.getByRole("button", { name: "New sink" }).click();
  await form.getByLabel("Name", { exact: true }).fill("SOC");
  await form.getByLabel("Address").fill(splunk.url);
  await secret.fill(token);
  await picture(page, "sink-new");
  await form.getByRole("button", { name: "Create" }).click();
  await closed();
  await picture(page, "sinks-one");
  await page.getByRole("link", { name: "SOC" }).click();
  await page.getByRole("heading", { name: "SOC", level: 1 }).waitFor();
  await test();
  await picture(page, "sink");

  const path = `/api/v1${new URL(page.url()).pathname}`;
  await edit();
  await beOvertaken(view, {
    form,
    submit: "Save",
    writes: ["Index", "main"],
    meanwhile: async () => {
      const seen = await api.get<KeptSink>(path);
      await api.put(path, { ...seen, splunkHec: { ...seen.splunkHec, index: "other", source: "muster-soc" } });
    },
    takes: ["Source", "muster-soc"],
  });
  await picture(page, "sink-form");
  await save();
  await closed();
  const { index, source } = (await api.get<KeptSink>(path)).splunkHec;
  assert.deepEqual([index, source], ["main", "muster-soc"]);
  await test();

  await edit();
  await form.getByLabel("Address").fill(splunk.url.replace("127.0.0.1", "localhost"));
  await save();
  await form.getByRole("alert").getByText("sink.secret_needed").waitFor();
  view.forgive(400);
  await form.getByText("The host is another one").first().waitFor();
  await picture(page, "sink-secret-needed");
  await secret.fill(token);
  await save();
  await closed();
  await test();
}

/** Shows what a Splunk refuses for good, and sends it once more when it takes it. */
export async function sendDeadLettersAgain({ page, journey }: ConsoleView, splunk: SplunkHecSimulator): Promise<void> {
  splunk.outage = { status: 400, code: 6, text: "Invalid data format" };
  await journey.api.post("/api/v1/labels", { name: "Berlin", kind: "LABEL_KIND_MANUAL" });
  await page
    .getByRole("row", { name: /Invalid data format/ })
    .first()
    .waitFor();
  await picture(page, "sink-dead-letters");
  splunk.outage = undefined;
  await page.getByRole("button", { name: "Send again" }).click();
  await page.getByText("Everything was taken").waitFor();
}
