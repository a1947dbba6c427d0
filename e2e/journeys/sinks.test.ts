import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { SplunkHecSimulator } from "../simulators/sinks/splunk-hec.ts";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

const MUSTER = join(import.meta.dirname, "../../services/cli/src/main.ts");

interface OcsfEvent {
  readonly class_uid: number;
  readonly metadata: { readonly version: string };
}

describe("a SIEM that events are pushed to", () => {
  let journey: JourneyPlatform;
  let splunk: SplunkHecSimulator;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-sink-journey-"));
    splunk = new SplunkHecSimulator({ token: "t0ken", acknowledges: true });
    await splunk.open();
    journey = await startJourneyPlatform();
  });

  after(async () => {
    await journey?.stop();
    await splunk?.close();
    await rm(folder, { recursive: true });
  });

  const muster = async (...args: string[]) => {
    const env = {
      ...process.env,
      MUSTER_SERVER: journey.platform.urls.gateway,
      MUSTER_TOKEN: journey.platform.administrator.token,
      NO_COLOR: "1",
    };
    const { stdout } = await promisify(execFile)(process.execPath, [MUSTER, ...args], { env });
    return stdout;
  };
  let sinkId = "";

  it("is written down in a file, and says so when it is tested", async () => {
    const file = join(folder, "splunk.yaml");
    await writeFile(
      file,
      `name: Splunk\nformat: EVENT_FORMAT_OCSF\nfilter: { services: [policy] }\nsplunkHec: { url: "${splunk.url}", token: t0ken, acknowledge: true }\n`,
    );
    [sinkId = ""] = (await muster("sink", "create", "-f", file)).split(" ");
    assert.match(await muster("sink", "test", sinkId), /^taken after \d+ ms/);
    assert.equal(splunk.received.length, 1);
    const shown = await muster("describe", "sink", sinkId, "-o", "json");
    assert.equal(shown.includes("t0ken"), false);
  });

  it("has each event in OCSF, once it is indexed", async () => {
    splunk.received.length = 0;
    await journey.api.post("/api/v1/policies", { name: "Disks are sealed", query: "select 1", enabled: true });
    const health = await journey.api.until<{ health: { deliveredCount?: string; state: string } }, object>(
      `/api/v1/sinks/${sinkId}`,
      ({ health }) => (Number(health.deliveredCount ?? 0) > 0 ? health : undefined),
    );
    assert.match(JSON.stringify(health), /SINK_STATE_RUNNING/);
    const [arrived] = splunk.received;
    assert.equal(arrived?.sourcetype, "muster:ocsf");
    const event = arrived?.event as OcsfEvent;
    assert.deepEqual([event.class_uid, event.metadata.version], [3004, "1.8.0"]);
    assert.match(await muster("get", "sinks"), /Splunk +splunkHec +running/);
  });

  it("is left alone while it is paused, and has what it missed afterwards", async () => {
    await muster("sink", "pause", sinkId);
    const before = splunk.received.length;
    await journey.api.post("/api/v1/policies", { name: "Screens lock", query: "select 1", enabled: true });
    await journey.api.until<{ health: { lagEvents?: number } }, true>(`/api/v1/sinks/${sinkId}`, ({ health }) =>
      (health.lagEvents ?? 0) > 0 ? true : undefined,
    );
    assert.equal(splunk.received.length, before);
    await muster("sink", "resume", sinkId);
    await journey.api.until<{ health: { lagEvents?: number } }, true>(`/api/v1/sinks/${sinkId}`, ({ health }) =>
      (health.lagEvents ?? 0) === 0 ? true : undefined,
    );
    assert.ok(splunk.received.length > before);
    assert.equal(await muster("sink", "dead-letters", sinkId), "");
  });
});
