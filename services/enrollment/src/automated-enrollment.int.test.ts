import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import {
  AutomatedEnrollmentAssignment as Assignment,
  AutomatedEnrollmentProfile,
  type AutomatedEnrollmentServer,
} from "@muster/contracts/gen/muster/enrollment/v1/automated_enrollment";
import type { SimulatedAbm } from "@muster/e2e/simulators/abm/abm-server";
import { AutomatedTenant } from "./testing/automated-tenant.ts";
import { acme, type RunningService } from "./testing/running-service.ts";

const DAY_MS = 86_400_000;

describe("automated enrollment", () => {
  let tenant: AutomatedTenant;
  let abm: SimulatedAbm;
  let service: RunningService;
  let server: AutomatedEnrollmentServer;
  let profileId: string;

  before(async () => {
    tenant = await AutomatedTenant.start("Business Manager");
    ({ abm, server, service } = tenant);
    profileId = await tenant.makeProfile("Everybody");
  });
  after(() => tenant?.stop());
  beforeEach(() => abm.calls.clear());

  const paths = () => abm.calls.all().map(({ path }) => path);

  it("takes a server token that Apple made for its key, and no other", async () => {
    await assert.rejects(tenant.upload(server.id, Buffer.from("no token")), { code: "automated.bad_token" });
    const other = await tenant.makeServer("School Manager");
    await assert.rejects(tenant.upload(server.id, abm.downloadToken(other.certificate)), {
      code: "automated.bad_token",
    });
    const ended = abm.downloadToken(server.certificate, new Date(Date.now() - DAY_MS));
    await assert.rejects(tenant.upload(server.id, ended), { code: "automated.bad_token" });
    const revoked = abm.downloadToken(server.certificate);
    abm.revokeToken();
    await assert.rejects(tenant.upload(server.id, revoked), { code: "automated.token_refused" });
    abm.devices.add({ serialNumber: "C02AAAA00001" }, { serialNumber: "C02AAAA00002" });
    await tenant.upload(server.id, abm.downloadToken(server.certificate, new Date(Date.now() + 10 * DAY_MS)));
    await tenant.until("the first fetch", ({ fetched, syncedAt }) => fetched && syncedAt !== undefined);
    const { appleName, appleUuid, deviceCount, lastError, organization } = await tenant.current();
    assert.deepEqual([appleName, appleUuid, organization, deviceCount, lastError], [abm.name, abm.uuid, "Acme", 2, ""]);
    await assert.rejects(tenant.upload(other.id, abm.downloadToken(other.certificate)), {
      code: "automated.server_taken",
    });
    await tenant.upload(server.id, abm.downloadToken(server.certificate, new Date(Date.now() + 20 * DAY_MS)));
    await service.automated.deleteAutomatedEnrollmentServer({ id: other.id, expectedRevisions: [] }, acme);
  });

  it("warns weeks before its token ends", async () => {
    await tenant.sync();
    const told = await service.events("AutomatedEnrollmentServerExpiring");
    assert.deepEqual(
      told.map(({ body }) => body.name),
      ["Business Manager", "Business Manager"],
    );
    await tenant.sync();
    assert.equal((await service.events("AutomatedEnrollmentServerExpiring")).length, 2);
  });

  it("says nothing of its secrets, and is nobody else's", async () => {
    const rows = await service.data.database.system((work) =>
      work.sql.selectFrom("automated_servers").selectAll().execute(),
    );
    assert.equal(rows.length, 1);
    const kept = rows
      .flatMap((row) => Object.values(row))
      .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : JSON.stringify(value)));
    assert.ok(kept.some((value) => value?.includes("BEGIN CERTIFICATE")));
    assert.equal(
      kept.some((value) => /CK_|CS_|AT_|AS_|consumer/.test(value ?? "")),
      false,
    );
    const stranger = { tenant: "other", actor: "eve@other.example" };
    await assert.rejects(service.automated.getAutomatedEnrollmentServer({ id: server.id }, stranger), {
      code: "automated.server_not_found",
    });
    const request = { serverId: "", notEnrolledOnly: false, pageSize: 0, pageToken: "" };
    assert.deepEqual((await service.automated.listAutomatedEnrollmentDevices(request, stranger)).devices, []);
  });

  it("fetches page by page, and then asks only for what has changed", async () => {
    abm.largestPage = 2;
    abm.devices.add(...["3", "4", "5"].map((digit) => ({ serialNumber: `C02AAAA0000${digit}` })));
    abm.devices.modify("C02AAAA00003", { asset_tag: "first" });
    abm.devices.modify("C02AAAA00003", { asset_tag: "second" });
    abm.devices.remove("C02AAAA00005");
    await tenant.sync();
    assert.deepEqual(new Set(paths()), new Set(["/devices/sync"]));
    assert.deepEqual(await tenant.serials(), ["C02AAAA00001", "C02AAAA00002", "C02AAAA00003", "C02AAAA00004"]);
    assert.equal((await tenant.devices()).get("C02AAAA00003")?.assetTag, "second");
  });

  it("begins anew when its cursor has expired, and drops only what is really gone", async () => {
    await service.automated.assignAutomatedEnrollmentProfile(
      { id: server.id, serialNumbers: ["C02AAAA00002"], profileId },
      acme,
    );
    await tenant.sync();
    abm.devices.remove("C02AAAA00001");
    abm.devices.expireCursors();
    abm.calls.clear();
    await tenant.sync();
    assert.deepEqual(paths().slice(0, 3), ["/devices/sync", "/server/devices", "/server/devices"]);
    assert.deepEqual(await tenant.serials(), ["C02AAAA00002", "C02AAAA00003", "C02AAAA00004"]);
    assert.equal((await tenant.devices()).get("C02AAAA00002")?.chosen, true);
  });

  it("begins anew when Apple does not know its cursor, and goes on when a fetch was exhausted", async () => {
    for (const cursor of ["bm9uc2Vuc2U=", ""]) {
      await tenant.set({ cursor });
      const { lastError } = await tenant.sync();
      assert.equal(lastError, "");
      assert.equal((await tenant.serials()).length, 3);
    }
    await tenant.set({ phase: "fetch" });
    abm.calls.clear();
    assert.equal((await tenant.sync()).lastError, "");
    assert.deepEqual(
      abm.calls.all().map(({ path, status }) => [path, status]),
      [
        ["/server/devices", 400],
        ["/devices/sync", 200],
      ],
    );
    assert.equal((await tenant.serials()).length, 3);
  });

  it("keeps its session until Apple ends it, whichever way Apple says so", async () => {
    abm.endSession("unauthorized");
    await tenant.sync();
    abm.endSession("forbidden");
    await tenant.sync();
    await tenant.sync();
    const calls = abm.calls.all();
    assert.equal(calls.filter(({ path }) => path === "/session").length, 2);
    assert.deepEqual(
      calls.filter(({ status }) => status !== 200).map(({ status }) => status),
      [401, 403],
    );
  });

  it("waits when Apple is busy, and as long as Apple says", async () => {
    abm.trouble("/devices/sync", { status: 503 }, { status: 429, retryAfter: 1 });
    assert.equal((await tenant.sync()).lastError, "");
    assert.deepEqual(
      abm.calls.all().map(({ status }) => status),
      [503, 429, 200],
    );
    abm.trouble("/devices/sync", { status: 429, retryAfter: 7_200 });
    const { lastError, nextSyncAt } = await tenant.sync();
    assert.match(lastError, /come again later/);
    assert.ok((nextSyncAt?.getTime() ?? 0) >= Date.now() + 7_100_000);
  });

  it("tells the administrator once when Apple's terms have changed, and goes on when somebody agreed", async () => {
    abm.termsSigned = false;
    const { lastError, nextSyncAt, termsChangedAt } = await tenant.sync();
    assert.match(lastError, /terms/);
    assert.ok(termsChangedAt !== undefined && (nextSyncAt ?? termsChangedAt) > termsChangedAt);
    await tenant.sync();
    const told = await service.events("AutomatedEnrollmentTermsChanged");
    assert.deepEqual(
      told.map(({ body }) => body),
      [{ serverId: server.id, name: "Business Manager", organization: "Acme" }],
    );
    abm.termsSigned = true;
    const after = await tenant.sync();
    assert.deepEqual([after.lastError, after.termsChangedAt], ["", undefined]);
  });

  it("gives each device the profile of the first rule that fits it, and defines a profile once", async () => {
    const forIpads = await tenant.makeProfile("iPads", { skipSetupItems: ["Siri"] });
    abm.devices.add({ serialNumber: "DMPAAAA00001", deviceFamily: "iPad", model: "iPad Pro 11-inch", os: "iPadOS" });
    const rule = { serialPrefix: "", model: "", description: "", assetTag: "", deviceFamily: "" };
    const rules = [
      { ...rule, profileId: forIpads, deviceFamily: "ipad" },
      { ...rule, profileId: "", serialPrefix: "C02AAAA00004" },
    ];
    const whole = { rules, defaultProfileId: profileId, expectedRevisions: [] };
    const change = { id: server.id, name: "Business Manager", ...whole };
    await service.automated.updateAutomatedEnrollmentServer(change, acme);
    await tenant.sync();
    const wanted = [...(await tenant.devices()).values()].map((device) => [
      device.serialNumber,
      device.profileId,
      device.assignment,
    ]);
    assert.deepEqual(wanted, [
      ["C02AAAA00002", profileId, Assignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_DONE],
      ["C02AAAA00003", profileId, Assignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_DONE],
      ["C02AAAA00004", "", Assignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_UNSPECIFIED],
      ["DMPAAAA00001", forIpads, Assignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_DONE],
    ]);
    assert.equal(abm.activate("C02AAAA00004"), undefined);
    assert.match(abm.activate("DMPAAAA00001")?.url ?? "", /^https:\/\/devices\.example\.com\/apple\/ade\/\S{20,}$/);
    assert.equal(paths().filter((path) => path === "/profile").length, 1);
    const made = await service.automated.createAutomatedEnrollmentServer({ ...change, name: "School Manager" }, acme);
    assert.deepEqual([made.server?.rules, made.server?.defaultProfileId], [rules, profileId]);
    await service.automated.deleteAutomatedEnrollmentServer({ id: made.server?.id ?? "", expectedRevisions: [] }, acme);
    const nothing = { ...rule, profileId };
    await assert.rejects(service.automated.updateAutomatedEnrollmentServer({ ...change, rules: [nothing] }, acme), {
      code: "automated.bad_rule",
    });
    await assert.rejects(
      service.automated.deleteAutomatedEnrollmentProfile({ id: forIpads, expectedRevisions: [] }, acme),
      {
        code: "automated.profile_used",
      },
    );
  });

  it("changes and removes profiles and servers only as they were seen", async () => {
    const profile = AutomatedEnrollmentProfile.fromPartial({ name: "Seen", supervised: true });
    const made = await service.automated.createAutomatedEnrollmentProfile({ profile }, acme);
    const { id = "", revision } = made.profile ?? {};
    assert.equal(revision, 1);
    const change = async (...expectedRevisions: number[]) =>
      (await service.automated.updateAutomatedEnrollmentProfile({ id, profile, expectedRevisions }, acme)).profile
        ?.revision;
    assert.equal(await change(1), 2);
    await assert.rejects(change(1), { code: "revision.changed" });
    await assert.rejects(service.automated.deleteAutomatedEnrollmentProfile({ id, expectedRevisions: [1] }, acme), {
      code: "revision.changed",
    });
    await service.automated.deleteAutomatedEnrollmentProfile({ id, expectedRevisions: [2] }, acme);

    const asked = { name: "Seen", rules: [], defaultProfileId: "" };
    const { server: begun } = await service.automated.createAutomatedEnrollmentServer(asked, acme);
    const own = { id: begun?.id ?? "", ...asked };
    const changed = await service.automated.updateAutomatedEnrollmentServer({ ...own, expectedRevisions: [1] }, acme);
    assert.deepEqual([begun?.revision, changed.server?.revision], [1, 2]);
    for (const method of ["updateAutomatedEnrollmentServer", "deleteAutomatedEnrollmentServer"] as const)
      await assert.rejects(service.automated[method]({ ...own, expectedRevisions: [1] }, acme), {
        code: "revision.changed",
      });
    await service.automated.deleteAutomatedEnrollmentServer({ id: own.id, expectedRevisions: [2] }, acme);
  });

  it("keeps what Apple answered for each device, and leaves those alone that Apple wants to wait", async () => {
    abm.devices.add(...["6", "7", "8"].map((digit) => ({ serialNumber: `C02AAAA0000${digit}` })));
    abm.profiles.answers.set("C02AAAA00006", "THROTTLED").set("C02AAAA00007", "NOT_ACCESSIBLE");
    await tenant.sync();
    await tenant.sync();
    const assigned = abm.calls.all().filter(({ path }) => path === "/profile/devices");
    assert.deepEqual(
      assigned.map(({ body }) => body["devices"]),
      [["C02AAAA00006", "C02AAAA00007", "C02AAAA00008"]],
    );
    const known = await tenant.devices();
    const told = (serial: string) => [known.get(serial)?.assignment, known.get(serial)?.assignmentResult];
    assert.deepEqual(told("C02AAAA00006"), [Assignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_FAILED, "THROTTLED"]);
    assert.deepEqual(told("C02AAAA00007"), [Assignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_FAILED, "NOT_ACCESSIBLE"]);
    assert.deepEqual(told("C02AAAA00008"), [Assignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_DONE, "SUCCESS"]);
    assert.ok((known.get("C02AAAA00006")?.retryAt?.getTime() ?? 0) > Date.now() + 3_000_000);
    abm.profiles.answers.clear();
    await service.automated.assignAutomatedEnrollmentProfile(
      { id: server.id, serialNumbers: ["C02AAAA00006", "C02AAAA00007", "unheard of"], profileId: "" },
      acme,
    );
    await tenant.sync();
    const after = [...(await tenant.devices()).values()].filter(
      ({ assignmentResult }) => !["", "SUCCESS"].includes(assignmentResult),
    );
    assert.deepEqual(after, []);
  });

  it("takes a profile from a device when somebody says so, and gives it back by the rules", async () => {
    const request = { id: server.id, serialNumbers: ["C02AAAA00008"] };
    await service.automated.unassignAutomatedEnrollmentProfile(request, acme);
    await tenant.sync();
    assert.equal(abm.activate("C02AAAA00008"), undefined);
    await service.automated.assignAutomatedEnrollmentProfile({ ...request, profileId: "" }, acme);
    await tenant.sync();
    assert.notEqual(abm.activate("C02AAAA00008"), undefined);
  });

  it("assigns a profile anew when it has changed, or Apple has lost it", async () => {
    const before = abm.devices.find("C02AAAA00008")?.["profile_uuid"] ?? "";
    const profile = AutomatedEnrollmentProfile.fromPartial({ name: "Everybody", supervised: true, department: "IT" });
    await service.automated.updateAutomatedEnrollmentProfile({ id: profileId, profile, expectedRevisions: [] }, acme);
    await tenant.sync();
    const changed = abm.devices.find("C02AAAA00008")?.["profile_uuid"] ?? "";
    assert.notEqual(changed, before);
    assert.equal(abm.profiles.get(changed)["department"], "IT");
    abm.profiles.lose(changed);
    abm.devices.modify("C02AAAA00008", { profile_status: "removed", profile_uuid: "" });
    assert.match((await tenant.sync()).lastError, /does not know the profile/);
    assert.equal((await tenant.sync()).lastError, "");
    assert.notEqual(abm.activate("C02AAAA00008"), undefined);
  });
});
