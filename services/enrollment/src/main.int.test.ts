import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { type RunningService, startRunningService } from "./testing/running-service.ts";

const acme = { tenant: "acme", actor: "ada@acme.example" };

describe("the enrollment service", () => {
  let service: RunningService;
  let secret: string;

  before(async () => {
    service = await startRunningService();
    const made = await service.client.createEnrollSecret(
      { name: "hosts", secret: "", ownership: "OWNERSHIP_UNSPECIFIED", expiresAt: undefined },
      acme,
    );
    secret = made.enrollSecret?.secret ?? "";
  });

  after(() => service.stop());

  const post = (path: string, body: unknown) =>
    fetch(service.url + path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });

  it("enrolls an osquery host", async () => {
    const uuid = randomUUID();
    const answer = await post("/api/osquery/enroll", {
      enroll_secret: secret,
      host_identifier: uuid,
      platform_type: "9",
      host_details: {
        system_info: { uuid, hostname: "a.example", hardware_serial: "S-1000" },
        os_version: { platform: "ubuntu" },
      },
    });
    const body = (await answer.json()) as { node_key: string };
    assert.equal(answer.status, 200, JSON.stringify(body));
    assert.equal(service.verifier.verify(body.node_key)?.tenant, "acme");
  });
});
