import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { POLL, PUSH, streamDraft } from "./stream-draft.ts";

const CHANGE = "https://schemas.openid.net/secevent/caep/event-type/device-compliance-change";
const push = (endpoint_url: unknown, more: object = {}) => ({ delivery: { method: PUSH, endpoint_url, ...more } });

describe("a stream's configuration", () => {
  it("asks for changes of compliance when it asks for nothing", () => {
    assert.deepEqual(streamDraft({ delivery: { method: POLL } }).eventsRequested, [CHANGE]);
    assert.deepEqual(streamDraft({ delivery: { method: POLL }, events_requested: [] }).eventsRequested, []);
  });

  it("keeps what a PATCH does not name", () => {
    const held = streamDraft({ ...push("https://idp.example/events"), description: "ours" });
    assert.deepEqual(streamDraft({ events_requested: ["x"] }, held), { ...held, eventsRequested: ["x"] });
  });

  it("is pushed over TLS, or to this very machine", () => {
    assert.equal(streamDraft(push("https://idp.example/events#x")).endpointUrl, "https://idp.example/events");
    assert.equal(streamDraft(push("http://127.0.0.1:9/")).endpointUrl, "http://127.0.0.1:9/");
    for (const url of ["http://idp.example/", "ftp://idp.example/", "https://u:p@idp.example/", "", 1]) {
      assert.throws(() => streamDraft(push(url)), { code: "signal.bad_stream" });
    }
  });

  it("has no header with a line break in it", () => {
    const asked = push("https://idp.example/", { authorization_header: "Bearer x\r\nHost: y" });
    assert.throws(() => streamDraft(asked), { code: "signal.bad_stream" });
  });
});
