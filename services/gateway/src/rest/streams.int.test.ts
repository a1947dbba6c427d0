import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import type { GatewayTables } from "../storage/tables.ts";
import { ApiCaller, bearer } from "../testing/api-caller.ts";
import { CAMPAIGN_ID, type Fleet, PIECE_BYTES, PIECES, startFleet } from "../testing/fleet.ts";

describe("a stream over REST", () => {
  let fleet: Fleet;
  let gateway: GatewayProcess<GatewayTables>;

  before(async () => {
    fleet = await startFleet();
    gateway = await startGatewayProcess(fleet.address);
  });

  after(async () => {
    await gateway?.stop();
    await fleet?.stop();
  });

  const open = (path: string, headers: Record<string, string>, signal: AbortSignal) =>
    fetch(gateway.url + path, { headers: { authorization: `Bearer ${gateway.admin.token}`, ...headers }, signal });

  /** Reads until the text holds what is looked for. */
  const readUntil = async (response: Response, wanted: string): Promise<string> => {
    let text = "";
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes(wanted)) break;
    }
    return text;
  };

  it("is server-sent events with the position as id, resumes from Last-Event-ID, and ends when the client leaves", async () => {
    const leave = new AbortController();
    const response = await open(
      "/api/v1/events?types=a&types=b*&afterPosition=0",
      { "last-event-id": "1" },
      leave.signal,
    );
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    const text = await readUntil(response, "id: 3");
    assert.match(
      text,
      /^id: 2\nevent: muster.inventory.v1.DeviceFactsChanged\ndata: \{"id":"event-2",.*"position":"2"\}\n\n/,
    );
    const { types, afterPosition } = fleet.listened.at(-1) ?? {};
    assert.deepEqual({ types, afterPosition }, { types: ["a", "b*"], afterPosition: "1" });
    leave.abort();
    await eventually("the upstream call to end", async () => (fleet.listeners() === 0 ? true : undefined));
  });

  it("tells how far an operation is until it ended, whichever service does it", async () => {
    const { signal } = new AbortController();
    const path = `/api/v1/operations/campaign-${CAMPAIGN_ID}`;
    const watched = await open(`${path}/watch`, { accept: "application/x-ndjson" }, signal);
    const told = (await watched.text()).trim().split("\n");
    const counts = told.map((line) => JSON.parse(line) as { doneCount: number; state: string });
    assert.deepEqual(
      counts.map(({ doneCount, state }) => [doneCount, state]),
      [
        [0, "OPERATION_STATE_RUNNING"],
        [1, "OPERATION_STATE_RUNNING"],
        [2, "OPERATION_STATE_SUCCEEDED"],
      ],
    );
    const listed = await open("/api/v1/operations?kind=campaign&state=succeeded", {}, signal);
    const { operations } = (await listed.json()) as { operations: { id: string; resultPath: string }[] };
    assert.deepEqual(
      operations.map(({ id, resultPath }) => [id, resultPath]),
      [[`campaign-${CAMPAIGN_ID}`, `/api/v1/campaigns/${CAMPAIGN_ID}`]],
    );
    const plans = await open("/api/v1/operations?kind=desired_state_plan", {}, signal);
    assert.deepEqual(await plans.json(), { operations: [], nextPageToken: "" });
    assert.equal((await open(`/api/v1/operations/plan-${CAMPAIGN_ID}/watch`, {}, signal)).status, 404);
  });

  it("is one JSON object a line for programs that ask for it", async () => {
    const leave = new AbortController();
    const response = await open("/api/v1/events?afterPosition=0", { accept: "application/x-ndjson" }, leave.signal);
    const lines = (await readUntil(response, "event-3")).trim().split("\n");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).activity.position),
      ["1", "2", "3"],
    );
    leave.abort();
  });

  it("sends each event in the format that was asked for, and is resumed the same way", async () => {
    const leave = new AbortController();
    const query = "format=cef&since=2026-01-01T00:00:00Z&services=policy&labelIds=l&deviceIds=d";
    const response = await open(`/api/v1/events?${query}`, { "last-event-id": "1" }, leave.signal);
    const text = await readUntil(response, "id: 3");
    assert.match(text, /^id: 2\nevent: muster.inventory.v1.DeviceFactsChanged\ndata: CEF:0\|2\n\n/);
    const { format, since, services, labelIds, deviceIds } = fleet.listened.at(-1) ?? {};
    assert.deepEqual(
      [format, since?.toISOString(), services, labelIds, deviceIds],
      ["EVENT_FORMAT_CEF", "2026-01-01T00:00:00.000Z", ["policy"], ["l"], ["d"]],
    );
    const lines = await open(
      "/api/v1/events?format=cef&afterPosition=2",
      { accept: "application/x-ndjson" },
      leave.signal,
    );
    assert.equal(JSON.parse((await readUntil(lines, "\n")).trim()).text, "CEF:0|3");
    leave.abort();
  });

  it("begins without an event, so that a listener knows that it listens", async () => {
    const leave = new AbortController();
    const response = await open("/api/v1/events?afterPosition=3", {}, leave.signal);
    assert.equal(response.status, 200);
    leave.abort();
  });

  it("ends when the listener's role is bound to labels, as it is not about single devices", async () => {
    const { asAdmin } = new ApiCaller(() => gateway);
    await asAdmin("POST", "/api/v1/roles", { name: "listener", actions: ["activity.read"] });
    const made = await asAdmin("POST", "/api/v1/api-tokens", { name: "listens", role: "listener" });
    const headers = bearer(made.json["token"] ?? assert.fail());
    const response = await open("/api/v1/events?afterPosition=0", headers, AbortSignal.timeout(60_000));
    assert.equal(response.status, 200);
    await asAdmin("PATCH", "/api/v1/roles/listener", { labelIds: ["0199a3f0-0000-7000-8000-0000000000aa"] });
    assert.match(await response.text(), /event-3/);
  });

  it("is whole when it is bytes", async () => {
    const response = await open("/api/v1/carves/whole/content", {}, AbortSignal.timeout(60_000));
    assert.equal(response.headers.get("content-type"), "application/octet-stream");
    assert.equal((await response.arrayBuffer()).byteLength, PIECES * PIECE_BYTES);
  });

  it("goes no faster than the client reads", async () => {
    const before = fleet.piecesSent();
    const leave = new AbortController();
    const response = await open("/api/v1/carves/whole/content", {}, leave.signal);
    const reader = response.body?.getReader() ?? assert.fail("no body");
    await reader.read();
    let last = -1;
    await eventually("the flow to stand still", async () => {
      const sent = fleet.piecesSent() - before;
      await new Promise((resolve) => setTimeout(resolve, 150));
      const still = sent === last;
      last = sent;
      return still ? true : undefined;
    });
    assert.ok(last < PIECES / 2, `${last} of ${PIECES} pieces were sent to a client that does not read`);
    leave.abort();
  });

  it("is refused with a status while it has not begun", async () => {
    const response = await open("/api/v1/carves/unknown/content", {}, AbortSignal.timeout(60_000));
    assert.equal(response.status, 404);
    assert.equal(((await response.json()) as { code: string }).code, "carve.unknown");
  });

  it("does not keep the gateway from ending", async () => {
    const response = await open("/api/v1/events?afterPosition=0", {}, AbortSignal.timeout(60_000));
    await readUntil(response, "id: 3");
    const listening = await open("/api/v1/events?afterPosition=0", {}, AbortSignal.timeout(60_000));
    gateway.child.kill("SIGTERM");
    await listening.text();
    await new Promise((resolve) => gateway.child.once("exit", resolve));
    assert.equal(gateway.child.exitCode, 0);
  });
});
