import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readSelectors } from "./selector.ts";

describe("a selector", () => {
  it("asks the list of devices for what has to hold", () => {
    assert.deepEqual(readSelectors(["platform=linux,label=finance", "os-version=24.04"]), {
      platform: "linux",
      labelId: "finance",
      osVersion: "24.04",
    });
  });

  it("takes a comma and an equals sign inside a value as they are", () => {
    assert.deepEqual(readSelectors(["software=Foo, Inc. a=b,presence=offline"]), {
      software: "Foo, Inc. a=b",
      presence: "offline",
    });
  });

  it("knows how devices stand with the policies, and conditions on facts, spaces and all", () => {
    assert.deepEqual(readSelectors(["compliance=failing,condition=os_version.name starts_with Ubuntu, LTS"]), {
      compliance: "failing",
      condition: "os_version.name starts_with Ubuntu, LTS",
    });
  });

  it("is one with the options that say the same, which it does not contradict", () => {
    assert.deepEqual(
      readSelectors(["label=finance"], { compliance: "passing", osVersion: "24.04", search: "a,label=b" }),
      {
        labelId: "finance",
        compliance: "passing",
        osVersion: "24.04",
        search: "a,label=b",
      },
    );
    assert.throws(() => readSelectors(["platform=linux"], { platform: "macos" }), /not beside --platform/);
  });

  it("never selects more than was meant: what it does not understand is an error", () => {
    for (const text of ["", "linux", "platfrom=linux", "platform=", "platform=linux,finance=x"])
      assert.throws(() => readSelectors([text]), /selects nothing: a selector is platform=/, text);
    assert.throws(() => readSelectors(["platform=linux", "platform=macos"]), /names platform once/);
  });
});
