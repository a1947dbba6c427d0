import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { buildArguments, imageOf } from "./build.ts";

describe("the images that are built here", () => {
  it("are told apart by platform, so that those of the engine's own stay beside others", () => {
    const foreign = { platform: "linux/arm64", images: ["gateway"] };
    assert.equal(imageOf("gateway", foreign), "muster-images/gateway:test-linux-arm64");
    assert.equal(imageOf("command", foreign), "muster-images/command:test");
    assert.equal(imageOf("gateway"), "muster-images/gateway:test");
  });

  it("are built with what is given alone", () => {
    assert.deepEqual(buildArguments({ SERVICE: "gateway", NODE_IMAGE: undefined }), ["--build-arg=SERVICE=gateway"]);
  });
});
