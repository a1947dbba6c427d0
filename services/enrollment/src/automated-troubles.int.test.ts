import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { AutomatedEnrollmentAssignment as Assignment } from "@muster/contracts/gen/muster/enrollment/v1/automated_enrollment";
import { AutomatedTenant } from "./testing/automated-tenant.ts";
import { acme } from "./testing/running-service.ts";

describe("automated enrollment, when Apple refuses something", () => {
  let tenant: AutomatedTenant;
  before(async () => {
    tenant = await AutomatedTenant.start("Business Manager");
  });
  after(() => tenant?.stop());

  it("gives the others their profile all the same", async () => {
    const { abm, server, service } = tenant;
    abm.devices.add(...["1", "2"].map((digit) => ({ serialNumber: `C02CCCC0000${digit}` })));
    await tenant.upload(server.id, abm.downloadToken(server.certificate));
    await tenant.until("the first fetch", ({ fetched, syncedAt }) => fetched && syncedAt !== undefined);
    const [refused, taken] = [await tenant.makeProfile("Refused"), await tenant.makeProfile("Taken")];
    const rule = { model: "", description: "", assetTag: "", deviceFamily: "" };
    const rules = [
      { ...rule, profileId: refused, serialPrefix: "C02CCCC00001" },
      { ...rule, profileId: taken, serialPrefix: "C02CCCC00002" },
    ];
    abm.trouble("/profile", { status: 400, body: '"LANGUAGE_INVALID"' });
    await service.automated.updateAutomatedEnrollmentServer(
      { id: server.id, name: "Business Manager", rules, defaultProfileId: "", expectedRevisions: [] },
      acme,
    );
    await tenant.until("Apple's refusal", ({ lastError }) => lastError !== "");
    const { lastError } = await tenant.current();
    const assigned = [...(await tenant.devices()).values()].map(({ assignment }) => assignment);
    assert.deepEqual(
      [lastError, assigned],
      [
        "Apple answered 400: LANGUAGE_INVALID",
        [Assignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_PENDING, Assignment.AUTOMATED_ENROLLMENT_ASSIGNMENT_DONE],
      ],
    );
  });

  it("takes a profile from its devices that was deleted before Apple could be told", async () => {
    const { abm, server, service } = tenant;
    const serial = "C02CCCC00003";
    abm.devices.add({ serialNumber: serial });
    const profileId = await tenant.makeProfile("Deleted");
    const change = { id: server.id, name: "Business Manager", rules: [], expectedRevisions: [] };
    await service.automated.updateAutomatedEnrollmentServer({ ...change, defaultProfileId: profileId }, acme);
    await tenant.sync();
    assert.notEqual(abm.activate(serial), undefined);
    abm.termsSigned = false;
    await service.automated.updateAutomatedEnrollmentServer({ ...change, defaultProfileId: "" }, acme);
    await service.automated.deleteAutomatedEnrollmentProfile({ id: profileId, expectedRevisions: [] }, acme);
    abm.termsSigned = true;
    await tenant.sync();
    assert.equal(abm.activate(serial), undefined);
  });
});
