import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { claim, device } from "../testing/builders.ts";
import { type Device, enrollAgain, enrollNew, takeOver, unenroll } from "./device.ts";
import { type Candidate, decideIdentity, type LastSeen } from "./identity-decision.ts";

const now = new Date("2026-11-23T12:00:00Z");
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const seen = (entry: Device, lastSeen: LastSeen = "not asked"): Candidate => ({ device: entry, lastSeen });
const alive = (entry: Device) => seen(entry, minutesAgo(1));
const silent = (entry: Device) => seen(entry, minutesAgo(11));
const clone = claim({ hostname: "web-2.acme.example", instanceId: "instance-2" });

describe("a machine that enrolls", () => {
  it("is a new device when nobody claims its hardware", () => {
    assert.deepEqual(decideIdentity([], claim(), now), { kind: "new" });
    assert.deepEqual(
      decideIdentity([alive(device({ hardwareUuid: "0d9f2b6e-1111-4222-8333-944455556666" }))], claim(), now),
      {
        kind: "new",
      },
    );
  });

  it("is the same device when it enrolls again over the same method, and its old key is refused", () => {
    const holder = device();
    assert.deepEqual(decideIdentity([alive(holder)], claim(), now), { kind: "same", device: holder });
    assert.deepEqual(enrollAgain(holder, claim(), now).generations, { osquery: 2 });
  });

  it("is the same device over another method, and the key of the first stays good", () => {
    const holder = device();
    const orbit = claim({ method: "orbit", instanceId: "", hostname: "web-1" });
    assert.deepEqual(decideIdentity([alive(holder)], orbit, now), { kind: "same", device: holder });
    assert.deepEqual(enrollAgain(holder, orbit, now).generations, { osquery: 1, orbit: 1 });
    const agent = claim({ method: "agent", instanceId: "", hardwareSerial: "" });
    assert.equal(decideIdentity([alive(holder)], agent, now).kind, "same");
  });

  it("writes its UUID as it likes: with braces, in capitals, without dashes", () => {
    const uuid = claim().hardwareUuid;
    for (const spelling of [uuid.toUpperCase(), `{${uuid}}`, uuid.replaceAll("-", "")]) {
      assert.equal(decideIdentity([alive(device())], claim({ hardwareUuid: spelling }), now).kind, "same");
    }
  });

  it("is one device though Apple's protocol names it in another way than its other programs", () => {
    const [byApple, byOsquery] = [
      { method: "apple", hostname: "Ada's MacBook Pro", instanceId: "" },
      { hostname: "Adas-MacBook-Pro.local" },
    ] as const;
    assert.equal(decideIdentity([alive(device(byApple))], claim(byOsquery), now).kind, "same");
    assert.equal(decideIdentity([alive(device(byOsquery))], claim(byApple), now).kind, "same");
    const other = claim({ ...byApple, hostname: "Grace's MacBook Pro" });
    assert.equal(decideIdentity([alive(device(byApple))], other, now).kind, "conflict");
  });

  it("is never matched on its identifier or hostname alone", () => {
    const bare = claim({ hardwareUuid: "", hardwareSerial: "", instanceId: "" });
    assert.equal(decideIdentity([alive(device(bare))], bare, now).kind, "new");
  });

  it("is never matched across tenants", () => {
    assert.equal(decideIdentity([alive(device({ tenant: "other" }))], claim(), now).kind, "new");
  });

  it("is the same device again after it was unenrolled, and no key from before comes back to life", () => {
    const gone = unenroll(enrollAgain(device(), claim({ method: "orbit" }), now));
    assert.equal(decideIdentity([seen(gone)], claim(), now).kind, "same");
    const back = enrollAgain(gone, claim(), now);
    assert.equal(back.status, "enrolled");
    assert.deepEqual(back.generations, { osquery: 3, orbit: 2 });
  });
});

describe("a machine whose hardware is nobody else's", () => {
  const unique = (hardwareUuid: string) => claim({ isUnique: true, hardwareUuid, hostname: "erased", instanceId: "" });

  it("is the same device under another name, though that was alive a moment ago", () => {
    const holder = device();
    const again = unique(claim().hardwareUuid);
    assert.deepEqual(decideIdentity([alive(holder)], again, now), { kind: "same", device: holder });
    const { hostname, instanceIds } = enrollAgain(holder, again, now);
    assert.deepEqual([hostname, instanceIds], ["erased", []]);
  });

  it("loses its serial number and its name when it becomes a person's own, unless osquery knows it by them", () => {
    const own = claim({ method: "apple", ownership: "personal", hardwareSerial: "", hostname: "", instanceId: "" });
    const named = ({ hardwareSerial, hostname }: Device) => [hardwareSerial, hostname];
    const phone = device({ method: "apple" });
    assert.deepEqual(named(enrollAgain(phone, own, now)), ["", ""]);
    assert.deepEqual(named(enrollAgain(device(), own, now)), named(device()));
  });

  it("may be told by a UDID, in whichever case", () => {
    for (const udid of ["00008110-001A2B3C4D5E601E", "0123456789ABCDEF0123456789ABCDEF01234567"]) {
      const holder = device({ hardwareUuid: udid, hardwareSerial: "" });
      assert.equal(decideIdentity([alive(holder)], unique(udid.toLowerCase()), now).kind, "same");
    }
  });
});

describe("a machine whose hardware says nothing of worth", () => {
  const junkUuids = [
    "00000000-0000-0000-0000-000000000000",
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "03000200-0400-0500-0006-000700080009",
    "00020003-0004-0005-0006-000700080009",
    "fefefefe-fefe-fefe-fefe-fefefefefefe",
    "Not Specified",
    "",
  ];
  const junkSerials = [
    "To be filled by O.E.M.",
    "System Serial Number",
    "Not Specified",
    "Default string",
    "0",
    "None",
    "0000000",
    "....",
  ];

  it("is not matched on a UUID that many machines have", () => {
    for (const hardwareUuid of junkUuids) {
      const machine = { hardwareUuid, hardwareSerial: "" };
      const other = claim({ ...machine, hostname: "web-9", instanceId: "instance-9" });
      assert.equal(decideIdentity([alive(device(machine))], other, now).kind, "new", hardwareUuid);
    }
  });

  it("is not matched on a serial number that many machines have", () => {
    for (const hardwareSerial of junkSerials) {
      const machine = { hardwareUuid: "", hardwareSerial };
      assert.equal(
        decideIdentity([alive(device(machine))], claim({ ...machine, instanceId: "x" }), now).kind,
        "new",
        hardwareSerial,
      );
    }
  });

  it("is known by its serial number together with its hostname", () => {
    const machine = { hardwareUuid: junkUuids[0] ?? "" };
    assert.equal(decideIdentity([alive(device(machine))], claim(machine), now).kind, "same");
    assert.equal(decideIdentity([alive(device(machine))], claim({ ...machine, hostname: "web-2" }), now).kind, "new");
  });

  it("is known by its osquery database together with its hostname", () => {
    const machine = { hardwareUuid: "", hardwareSerial: "" };
    assert.equal(decideIdentity([alive(device(machine))], claim(machine), now).kind, "same");
    assert.equal(decideIdentity([alive(device(machine))], claim({ ...machine, hostname: "web-2" }), now).kind, "new");
  });

  it("does not match one that contradicts it: an image can carry one osquery database to many machines", () => {
    const other = claim({ hardwareUuid: "0d9f2b6e-1111-4222-8333-944455556666" });
    assert.equal(decideIdentity([alive(device())], other, now).kind, "new");
  });
});

describe("a second machine with the hardware UUID of another", () => {
  it("does not take it over while the holder is alive", () => {
    const holder = device();
    assert.deepEqual(decideIdentity([alive(holder)], clone, now), {
      kind: "conflict",
      holder,
      differences: ["instance_id", "hostname"],
    });
  });

  it("is told apart by any one of instance id, hostname and serial number", () => {
    const differing = [{ instanceId: "instance-2" }, { hostname: "web-2" }, { hardwareSerial: "VMW-9999-Z" }];
    for (const [index, difference] of ["instance_id", "hostname", "hardware_serial"].entries()) {
      const decision = decideIdentity([alive(device())], claim(differing[index]), now);
      assert.deepEqual(decision.kind === "conflict" && decision.differences, [difference]);
    }
  });

  it("makes us ask when the holder was last seen, and only then", () => {
    const holder = device();
    assert.deepEqual(decideIdentity([seen(holder)], clone, now), { kind: "ask", device: holder });
    assert.equal(decideIdentity([seen(device({}, minutesAgo(9)))], clone, now).kind, "conflict");
  });

  it("counts the holder as alive for ten minutes, and when nobody can say", () => {
    const holder = device();
    assert.equal(decideIdentity([seen(holder, minutesAgo(10))], clone, now).kind, "conflict");
    assert.equal(decideIdentity([seen(holder, "unreachable")], clone, now).kind, "conflict");
    assert.equal(decideIdentity([seen(holder, minutesAgo(10.1))], clone, now).kind, "takeover");
    assert.equal(decideIdentity([seen(holder, "never")], clone, now).kind, "takeover");
  });

  it("takes the place of a silent holder, and every key from before is refused", () => {
    const holder = enrollAgain(device(), claim({ method: "orbit" }), minutesAgo(60));
    const decision = decideIdentity([silent(holder)], clone, now);
    assert.deepEqual(decision, { kind: "takeover", device: holder, differences: ["instance_id", "hostname"] });
    const taken = takeOver(holder, clone, now);
    assert.deepEqual(taken.generations, { osquery: 2, orbit: 2 });
    assert.deepEqual(taken.instanceIds, ["instance-2"]);
    assert.equal(taken.version, holder.version + 1);
  });

  it("is led to its own record from then on, and the holder to its own: there is no ping-pong", () => {
    const holder = device();
    const second = enrollNew("device-2", clone, minutesAgo(30), holder.id);
    const both = [alive(holder), alive(second)];
    assert.deepEqual(decideIdentity(both, clone, now), { kind: "same", device: second });
    assert.deepEqual(decideIdentity(both, claim({ ...clone, method: "orbit", instanceId: "" }), now), {
      kind: "same",
      device: second,
    });
    assert.deepEqual(decideIdentity(both, claim(), now), { kind: "same", device: holder });
  });

  it("comes back to its own earlier record when it lost its osquery database and that record is silent", () => {
    const holder = device();
    const earlier = enrollNew("device-2", claim({ instanceId: "instance-2" }), minutesAgo(90), holder.id);
    const third = claim({ instanceId: "instance-3" });
    const decision = decideIdentity([alive(holder), silent(earlier)], third, now);
    assert.deepEqual(decision.kind === "takeover" && decision.device, earlier);
    assert.equal(decideIdentity([alive(holder), alive(earlier)], third, now).kind, "conflict");
  });

  it("leaves a silent duplicate of another hostname alone", () => {
    const holder = device();
    const second = enrollNew("device-2", clone, minutesAgo(90), holder.id);
    const third = claim({ hostname: "web-3", instanceId: "instance-3" });
    const decision = decideIdentity([alive(holder), silent(second)], third, now);
    assert.deepEqual(decision.kind === "conflict" && decision.holder, holder);
  });
});
