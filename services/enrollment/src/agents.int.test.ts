import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { makeRequest, openssl } from "./testing/certificate-authority.ts";
import { agentBody, newHost, osqueryBody } from "./testing/hosts.ts";
import { acme, INGRESS_KEY, type RunningService, startRunningService } from "./testing/running-service.ts";

const ENROLL = "/agent/v1/enroll";
const RENEW = "/agent/v1/renew";

describe("agents", () => {
  let service: RunningService;
  let csr: string;

  before(async () => {
    service = await startRunningService({ MUSTER_ENROLL_COOLDOWN_SECONDS: "0" });
    csr = await makeRequest(service.authority.folder);
  });
  after(() => service.stop());

  const newToken = async (maxUses = 1, ownership: Ownership = Ownership.OWNERSHIP_UNSPECIFIED) => {
    const { enrollmentToken } = await service.client.createEnrollmentToken(
      { name: "agents", maxUses, ownership, expiresAt: undefined },
      acme,
    );
    assert.ok(enrollmentToken);
    return enrollmentToken;
  };
  const ingress = (certificate: string) => ({
    "muster-ingress-key": INGRESS_KEY,
    "client-cert": `:${new X509Certificate(certificate).raw.toString("base64")}:`,
  });

  it("trade a token for a certificate, a node key and the keys that commands are signed with", async () => {
    const { token } = await newToken(1, Ownership.OWNERSHIP_PERSONAL);
    const { status, body } = await service.post(ENROLL, agentBody(token, csr, newHost()));
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(service.verifier.verify(body.nodeKey), {
      tenant: "acme",
      deviceId: body.deviceId,
      method: "agent",
      generation: 1,
    });
    assert.equal(body.tenant, "acme");
    assert.equal(body.ownership, "personal");
    assert.equal(body.commandKeys.keys[0].crv, "Ed25519");
    assert.equal(body.checkinIntervalSec, 60);
    const file = join(service.authority.folder, `${body.deviceId}.pem`);
    const chain = join(service.authority.folder, `${body.deviceId}.chain.pem`);
    await writeFile(file, body.certificate);
    await writeFile(chain, body.chain.join(""));
    assert.match(await openssl(["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", chain, file]), /OK/);
    const { enrollment } = await service.client.getEnrollment({ deviceId: body.deviceId }, acme);
    assert.equal(enrollment?.certificateSerial, new X509Certificate(body.certificate).serialNumber.toLowerCase());
    const event = (await service.events("DeviceEnrolled")).find(({ device_id }) => device_id === body.deviceId);
    assert.equal(event?.body.enrollment.certificateSerial, enrollment?.certificateSerial);
  });

  it("are the same device as the osquery beside them", async () => {
    const host = newHost();
    const wanted = { name: "hosts", secret: "", ownership: Ownership.OWNERSHIP_CORPORATE, expiresAt: undefined };
    const { enrollSecret } = await service.client.createEnrollSecret(wanted, acme);
    const osquery = await service.post("/api/osquery/enroll", osqueryBody(enrollSecret?.secret ?? "", host));
    const agent = await service.post(ENROLL, agentBody((await newToken()).token, csr, host));
    assert.equal(agent.body.deviceId, service.verifier.verify(osquery.body.node_key)?.deviceId);
  });

  it("use a token as often as it allows, also when they all come at once", async () => {
    const { token, id } = await newToken(3);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => service.post(ENROLL, agentBody(token, csr, newHost()))),
    );
    const refused = answers.filter(({ status }) => status !== 200);
    assert.deepEqual(
      refused.map(({ status, body }) => [status, body.code]),
      Array.from({ length: 5 }, () => [401, "enrollment.token_used"]),
    );
    const { enrollmentTokens } = await service.client.listEnrollmentTokens({}, acme);
    assert.equal(enrollmentTokens.find((entry) => entry.id === id)?.uses, 3);
  });

  it("do not use up a token with a request that cannot be used", async () => {
    const { token } = await newToken();
    const rsa = await makeRequest(service.authority.folder, ["rsa:2048"]);
    for (const bad of [rsa, "", "nonsense"]) {
      const { status, body, headers } = await service.post(ENROLL, agentBody(token, bad, newHost()));
      assert.deepEqual([status, body.code], [400, "enrollment.bad_csr"]);
      assert.match(headers.get("content-type") ?? "", /problem\+json/);
    }
    assert.equal((await service.post(ENROLL, agentBody(token, csr, newHost()))).status, 200);
  });

  it("are told why a token opens nothing", async () => {
    const revoked = await newToken();
    await service.client.revokeEnrollmentToken({ id: revoked.id }, acme);
    const expired = await newToken();
    await service.data.database.tenant("acme", (work) =>
      work.sql
        .updateTable("enrollment_tokens")
        .set({ expires_at: new Date(Date.now() - 1000) })
        .where("tenant", "=", "acme")
        .where("id", "=", expired.id)
        .execute(),
    );
    for (const [token, code] of [
      [revoked.token, "enrollment.token_revoked"],
      [expired.token, "enrollment.token_expired"],
      ["unknown-unknown-unknown", "enrollment.token_unknown"],
    ] as const) {
      const { status, body } = await service.post(ENROLL, agentBody(token, csr, newHost()));
      assert.deepEqual([status, body.code], [401, code]);
    }
  });

  it("are let in by the text that a token was given last, until it is revoked", async () => {
    const { id, token } = await newToken(2);
    const { enrollmentToken } = await service.client.rotateEnrollmentToken({ id }, acme);
    const enroll = async (text: string) => (await service.post(ENROLL, agentBody(text, csr, newHost()))).status;
    assert.deepEqual([await enroll(token), await enroll(enrollmentToken?.token ?? "")], [401, 200]);
    const other = { ...acme, tenant: "other" };
    for (const caller of [other, acme]) {
      if (caller === acme) await service.client.revokeEnrollmentToken({ id }, acme);
      await assert.rejects(service.client.rotateEnrollmentToken({ id }, caller), {
        code: "enrollment.token_not_found",
      });
    }
  });

  it("renew their certificate without a new generation, as often as they like while it is good", async () => {
    const { body: enrolled } = await service.post(ENROLL, agentBody((await newToken()).token, csr, newHost()));
    const request = await makeRequest(service.authority.folder);
    const { status, body } = await service.post(RENEW, { csr: request }, ingress(enrolled.certificate));
    assert.equal(status, 200, JSON.stringify(body));
    const [before, now] = [new X509Certificate(enrolled.certificate), new X509Certificate(body.certificate)];
    assert.equal(now.subjectAltName, before.subjectAltName);
    assert.notEqual(now.serialNumber, before.serialNumber);
    assert.equal(service.verifier.verify(body.nodeKey)?.generation, 1);
    assert.equal((await service.post(RENEW, { csr: request }, ingress(enrolled.certificate))).status, 200);
    const events = (await service.events("IdentityRenewed")).filter(({ device_id }) => device_id === enrolled.deviceId);
    assert.equal(events[0]?.body.enrollment.certificateSerial, now.serialNumber.toLowerCase());
  });

  it("have to enroll again when they enrolled elsewhere since, or were unenrolled", async () => {
    const host = newHost();
    const { body: first } = await service.post(ENROLL, agentBody((await newToken()).token, csr, host));
    const { body: second } = await service.post(ENROLL, agentBody((await newToken()).token, csr, host));
    assert.equal(second.deviceId, first.deviceId);
    const old = await service.post(RENEW, { csr }, ingress(first.certificate));
    assert.deepEqual([old.status, old.body.code], [401, "agent.reenroll"]);
    assert.equal((await service.post(RENEW, { csr }, ingress(second.certificate))).status, 200);
    await service.client.unenroll({ deviceId: second.deviceId, reason: "" }, acme);
    assert.equal((await service.post(RENEW, { csr }, ingress(second.certificate))).body.code, "agent.reenroll");
  });

  it("cannot renew with a certificate that no ingress vouches for", async () => {
    const { body } = await service.post(ENROLL, agentBody((await newToken()).token, csr, newHost()));
    const good = ingress(body.certificate);
    for (const headers of [{}, { "client-cert": good["client-cert"] }, { ...good, "muster-ingress-key": "guessed" }]) {
      const answer = await service.post(RENEW, { csr }, headers);
      assert.deepEqual([answer.status, answer.body.code], [401, "agent.no_certificate"]);
    }
  });
});
