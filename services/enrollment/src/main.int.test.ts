import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AppleIdentityWay } from "@muster/contracts/gen/muster/enrollment/v1/apple_identity_service";
import { EnrollSecret, Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { Refusal } from "@muster/host/refusal";
import { newHost, osqueryBody } from "./testing/hosts.ts";
import { acme, type RunningService, startRunningService } from "./testing/running-service.ts";

const globex = { tenant: "globex", actor: "bob@globex.example" };
const secretWanted = { name: "hosts", secret: "", ownership: Ownership.OWNERSHIP_CORPORATE, expiresAt: undefined };
const tokenWanted = { name: "agents", maxUses: 0, ownership: Ownership.OWNERSHIP_CORPORATE, expiresAt: undefined };

const refusedAs = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

describe("the enrollment service", () => {
  let service: RunningService;

  before(async () => {
    service = await startRunningService();
  });
  after(() => service.stop());

  it("lists the registry newest first, page by page", async () => {
    const { enrollSecret } = await service.client.createEnrollSecret(secretWanted, acme);
    const enrolled: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { body } = await service.post("/api/osquery/enroll", osqueryBody(enrollSecret?.secret ?? "", newHost()));
      enrolled.unshift(service.verifier.verify(body.node_key)?.deviceId ?? "");
    }
    const listed: string[] = [];
    let pageToken = "";
    do {
      const page = await service.client.listEnrollments(
        { status: "STATUS_UNSPECIFIED", duplicatesOnly: false, pageSize: 2, pageToken },
        acme,
      );
      assert.ok(page.enrollments.length <= 2);
      listed.push(...page.enrollments.map(({ deviceId }) => deviceId));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    assert.deepEqual(listed, enrolled);
    const bad = { status: "STATUS_UNSPECIFIED", duplicatesOnly: false, pageSize: 0 } as const;
    await assert.rejects(service.client.listEnrollments({ ...bad, pageToken: "x" }, acme), refusedAs("page.bad_token"));
    const forged = Buffer.from('["x"]').toString("base64url");
    await assert.rejects(
      service.client.listEnrollments({ ...bad, pageToken: forged }, acme),
      refusedAs("enrollment.bad_page_token"),
    );
  });

  it("keeps tenants apart", async () => {
    const { enrollSecret } = await service.client.createEnrollSecret(secretWanted, acme);
    const { enrollmentToken } = await service.client.createEnrollmentToken(tokenWanted, acme);
    assert.deepEqual((await service.client.listEnrollSecrets({}, globex)).enrollSecrets, []);
    assert.deepEqual((await service.client.listEnrollmentTokens({}, globex)).enrollmentTokens, []);
    const [secretId, tokenId] = [enrollSecret?.id ?? "", enrollmentToken?.id ?? ""];
    await assert.rejects(
      service.client.revokeEnrollSecret({ id: secretId }, globex),
      refusedAs("enrollment.secret_not_found"),
    );
    await assert.rejects(
      service.client.revokeEnrollmentToken({ id: tokenId }, globex),
      refusedAs("enrollment.token_not_found"),
    );
    const taken = { ...secretWanted, secret: enrollSecret?.secret ?? "" };
    await assert.rejects(service.client.createEnrollSecret(taken, globex), refusedAs("enrollment.secret_taken"));
  });

  it("revokes once: the first time stays", async () => {
    const { enrollSecret } = await service.client.createEnrollSecret(secretWanted, acme);
    const request = { id: enrollSecret?.id ?? "" };
    const first = await service.client.revokeEnrollSecret(request, acme);
    assert.ok(first.enrollSecret?.revokedAt);
    assert.deepEqual(await service.client.revokeEnrollSecret(request, acme), first);
    const again = EnrollSecret.fromPartial({ ...secretWanted, secret: enrollSecret?.secret ?? "" });
    const check = service.client.checkEnrollSecret({ id: "", enrollSecret: again }, acme);
    await assert.rejects(check, refusedAs("enrollment.secret_taken"));
  });

  it("gives a token one use and a day unless told otherwise", async () => {
    const { enrollmentToken } = await service.client.createEnrollmentToken(tokenWanted, acme);
    assert.equal(enrollmentToken?.maxUses, 1);
    const hours = ((enrollmentToken?.expiresAt?.getTime() ?? 0) - Date.now()) / 3600_000;
    assert.ok(hours > 23.9 && hours <= 24);
  });

  it("says what is wrong with a wish", async () => {
    const past = new Date(Date.now() - 1000);
    const { client } = service;
    await assert.rejects(
      client.createEnrollSecret({ ...secretWanted, secret: "short" }, acme),
      refusedAs("enrollment.weak_secret"),
    );
    await assert.rejects(
      client.createEnrollSecret({ ...secretWanted, name: " " }, acme),
      refusedAs("enrollment.bad_name"),
    );
    await assert.rejects(
      client.createEnrollSecret({ ...secretWanted, expiresAt: past }, acme),
      refusedAs("enrollment.bad_expiry"),
    );
    await assert.rejects(
      client.createEnrollmentToken({ ...tokenWanted, maxUses: 4_000_000 }, acme),
      refusedAs("enrollment.bad_max_uses"),
    );
    await assert.rejects(client.getEnrollment({ deviceId: "no-uuid" }, acme), refusedAs("enrollment.unknown"));
    await assert.rejects(client.unenroll({ deviceId: "no-uuid", reason: "" }, acme), refusedAs("enrollment.unknown"));
  });

  it("has keys attested only where it is known whom to believe", async () => {
    const way = AppleIdentityWay.APPLE_IDENTITY_WAY_ACME_ATTESTED;
    await assert.rejects(
      service.appleIdentity.setAppleIdentity({ appleIdentity: { way, revision: 0 }, expectedRevisions: [] }, acme),
      refusedAs("apple.no_attestation_roots"),
    );
    const { appleIdentity } = await service.appleIdentity.getAppleIdentity({}, acme);
    assert.equal(appleIdentity?.way, AppleIdentityWay.APPLE_IDENTITY_WAY_SCEP);
  });

  it("lets tenants choose how Apple devices get their certificates, and the others stay with SCEP", async () => {
    const { appleIdentity } = await service.appleIdentity.getAppleIdentity({}, { ...acme, tenant: "untold" });
    assert.equal(appleIdentity?.way, AppleIdentityWay.APPLE_IDENTITY_WAY_SCEP);
    await assert.rejects(
      service.appleIdentity.setAppleIdentity({ appleIdentity: undefined, expectedRevisions: [] }, acme),
      {
        code: "apple.bad_identity_way",
      },
    );
  });

  it("lets that be chosen anew only as it was seen", async () => {
    const tenant = { ...acme, tenant: "seen" };
    const appleIdentity = { way: AppleIdentityWay.APPLE_IDENTITY_WAY_ACME, revision: 0 };
    const set = async (...expectedRevisions: number[]) =>
      (await service.appleIdentity.setAppleIdentity({ appleIdentity, expectedRevisions }, tenant)).appleIdentity
        ?.revision;
    await assert.rejects(set(1), { code: "revision.changed" });
    assert.deepEqual([await set(0), await set(1), await set()], [1, 2, 3]);
    await assert.rejects(set(1, 2), { code: "revision.changed" });
    const { appleIdentity: kept } = await service.appleIdentity.getAppleIdentity({}, tenant);
    assert.equal(kept?.revision, 3);
  });

  it("counts what it does, and ends in order when told to", async () => {
    const metrics = await (await fetch(`${service.adminUrl}/metrics`)).text();
    assert.match(metrics, /muster_enrollment_enrolled\w*\{method="osquery"[^}]*\} 5/);
    assert.equal(await service.end("SIGTERM"), 0);
  });
});
