import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { destinationRegistry } from "./registry.ts";

describe("the kinds of destinations", () => {
  it("have the file among them only where the operator gave a folder", () => {
    assert.equal(destinationRegistry({ fileFolder: "/var/lib/muster" })("file").name, "file");
    assert.throws(() => destinationRegistry({ fileFolder: "" })("file"), {
      code: "sink.not_offered",
      message: /^file is not offered here; there are splunkHec, elasticsearch, syslog, kafka, sentinel, s3$/,
    });
  });
});
