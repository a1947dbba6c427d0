import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serviceFor } from "./ingress-routes.ts";

describe("the device origin", () => {
  it("sends every way to enroll to enrollment", () => {
    for (const path of [
      "/api/osquery/enroll",
      "/api/v1/osquery/enroll",
      "/api/fleet/orbit/enroll",
      "/agent/v1/enroll",
    ]) {
      assert.equal(serviceFor(path), "enrollment");
    }
  });

  it("sends osquery's other doors to inventory and orbit's to command", () => {
    assert.equal(serviceFor("/api/osquery/distributed/read"), "inventory");
    assert.equal(serviceFor("/api/v1/osquery/carve/block"), "inventory");
    assert.equal(serviceFor("/api/fleet/orbit/scripts/request"), "command");
    assert.equal(serviceFor("/agent/v1/stream"), "command");
  });

  it("sends receivers of shared signals to notification", () => {
    for (const path of ["/ssf/acme/stream", "/.well-known/ssf-configuration/ssf/acme", "/ssf/acme/poll/1"]) {
      assert.equal(serviceFor(path), "notification");
    }
  });

  it("looks at the path alone, not at the query", () => {
    assert.equal(serviceFor("/agent/v1/renew?again=1"), "enrollment");
  });

  it("knows nothing else, least of all the REST API", () => {
    for (const path of ["/", "/api/v1/devices", "/agent/v1/enrolled", "/agent/v1/", "/versions", "", "*"]) {
      assert.equal(serviceFor(path), undefined);
    }
  });
});
