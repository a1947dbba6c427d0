import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { CONSUMERS, type ConsumerName, consumerConfig, REVISION, STREAMS, streamConfig } from "./streams.ts";

/** What was declared under which revision: whoever changes the one raises the other, and notes the new digest here. */
const DECLARED = { revision: 1, digest: "UKnIBCHgKEI26q57mQ1Iz2nEnFhMHXpjXB7qcO-GgHA" };

describe("the declared streams and consumers", () => {
  it("have another revision after each change, so that replicas of the release before know whose bus it is", () => {
    const size = { replicas: 1, maxBytes: 0 };
    const streams = Object.values(STREAMS).map((each) => ({ ...streamConfig(each, 2, size), metadata: undefined }));
    const consumers = Object.keys(CONSUMERS).map((name) => consumerConfig(name as ConsumerName));
    const digest = createHash("sha256").update(JSON.stringify({ streams, consumers })).digest("base64url");
    assert.deepEqual({ revision: REVISION, digest }, DECLARED);
  });
});
