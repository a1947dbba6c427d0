import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Webhook } from "@muster/contracts/gen/muster/notification/v1/webhook";
import { draftOf } from "./webhook-draft.ts";

const asked = (changes: object = {}): Webhook =>
  Webhook.fromJSON({ name: "SIEM", url: "https://siem.example/in", enabled: true, ...changes });

describe("a webhook's draft", () => {
  it("keeps its filters once each", () => {
    const draft = draftOf(asked({ eventTypes: ["muster.policy.*", "muster.policy.*"], labelIds: ["a", "a"] }));
    assert.deepEqual([draft.typePatterns, draft.labelIds], [["muster.policy.%"], ["a"]]);
  });

  it("is refused without a name or with an address that is none of the web's", () => {
    assert.throws(() => draftOf(undefined), { code: "webhook.missing" });
    assert.throws(() => draftOf(asked({ name: " " })), { code: "webhook.bad_name" });
    for (const url of ["", "siem.example", "ftp://siem.example", "file:///etc/passwd", "https://ada:pw@siem.example"]) {
      assert.throws(() => draftOf(asked({ url })), { code: "webhook.bad_url" }, url);
    }
  });
});
