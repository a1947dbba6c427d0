import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { detailQueriesFor, detailQuery } from "../detail-queries/by-platform.ts";
import { dueWork } from "../due-work.ts";
import { observe } from "../observe.ts";
import { ALLOWED } from "../personal-devices.ts";
import { DEEDS } from "./deeds.ts";
import { columnsOf, describeDeeds, describeThings, isKept } from "./describe-collection.ts";
import { THINGS } from "./things.ts";

const PLATFORMS = [
  Platform.PLATFORM_LINUX,
  Platform.PLATFORM_MACOS,
  Platform.PLATFORM_WINDOWS,
  Platform.PLATFORM_CHROMEOS,
  Platform.PLATFORM_IOS,
  Platform.PLATFORM_IPADOS,
];
const { OWNERSHIP_CORPORATE: CORPORATE, OWNERSHIP_PERSONAL: PERSONAL } = Ownership;
const NOTHING = new Map();

const said = (platform: Platform, ownership: Ownership, holds: boolean) =>
  describeThings({ platform, ownership }, NOTHING)
    .filter((thing) => thing.holds === holds)
    .map(({ says }) => says);

const named = new Set(THINGS.flatMap((thing) => columnsOf(thing)).map(([fact, column]) => `${fact}.${column}`));
const isNamed = (fact: string, column: string) => named.has(`${fact}.${column}`) || named.has(`${fact}.any_other`);

/** The columns that a question asks for. */
const askedColumns = (sql: string): string[] =>
  (/^select (?:distinct )?(.*?) from /.exec(sql)?.[1] ?? "")
    .split(", ")
    .map((column) => column.replace(/^.* as /, "").replace(/^\w\./, ""));

describe("what a device's owner is told that is kept", () => {
  it("is what is kept of an answer, thing by thing, on each platform and for each owner", () => {
    for (const platform of PLATFORMS) {
      for (const ownership of [CORPORATE, PERSONAL]) {
        const device = { platform, ownership };
        for (const { holds, says } of describeThings(device, NOTHING)) {
          const thing = THINGS.find((each) => each.says === says);
          assert.ok(thing);
          const answers = columnsOf(thing).map(([fact, column]) => ({
            name: { kind: "detail" as const, fact },
            rows: [{ [column]: "a secret" }],
            error: "",
            asked: "",
            stats: undefined,
          }));
          const observed = observe({ ...device, fingerprints: {} }, answers);
          const stored = JSON.stringify([observed.facts, observed.software.map(({ source }) => `a secret ${source}`)]);
          assert.equal(stored.includes("a secret"), holds, `${platform} ${ownership}: ${says}`);
        }
      }
    }
  });

  it("leaves out nothing that is asked, nor anything that may be kept of a person's own device", () => {
    for (const platform of PLATFORMS) {
      for (const { fact, sql, volatile = [] } of detailQueriesFor(platform, CORPORATE)) {
        for (const column of askedColumns(sql)) {
          if (!volatile.includes(column)) assert.ok(isNamed(fact, column), `${fact}.${column} is asked and not said`);
        }
      }
    }
    for (const [fact, columns] of Object.entries(ALLOWED)) {
      for (const column of columns) assert.ok(isNamed(fact, column), `${fact}.${column} is kept and not said`);
    }
  });

  it("calls nothing kept that is asked of no device", () => {
    for (const thing of THINGS) {
      for (const [fact] of columnsOf(thing))
        assert.ok(
          PLATFORMS.some((platform) => detailQuery(platform, fact)),
          `${fact} of "${thing.says}"`,
        );
    }
  });

  it("never is a serial number, a program, an account or an address of a person's own device", () => {
    const secrets = [
      "Its serial number",
      "The name you gave it",
      "The programs installed on it",
      "The accounts on it, with their names and folders",
      "Its addresses in the network",
    ];
    for (const platform of [Platform.PLATFORM_LINUX, Platform.PLATFORM_MACOS, Platform.PLATFORM_WINDOWS]) {
      for (const says of secrets) {
        assert.ok(said(platform, PERSONAL, false).includes(says), `${platform}: ${says}`);
        assert.ok(said(platform, CORPORATE, true).includes(says), `${platform}: ${says}`);
      }
    }
    assert.ok(said(Platform.PLATFORM_IOS, PERSONAL, false).includes("Its telephone number and SIM card"));
  });

  it("says of a person's own device no column of a fact that its owner was not told of", () => {
    assert.equal(isKept({ platform: Platform.PLATFORM_LINUX, ownership: PERSONAL }, "system_info", "hostname"), false);
    assert.equal(isKept({ platform: Platform.PLATFORM_LINUX, ownership: CORPORATE }, "uptime", "total_seconds"), false);
  });

  it("shows what is known, and of lists no more than how each disk is", () => {
    const facts = new Map<string, unknown>([
      ["os_version", { name: "Ubuntu", version: "24.04" }],
      ["system_info", { hardware_vendor: "HP", hardware_model: "HP EliteBook" }],
      [
        "disk_encryption",
        [
          { name: "/dev/a", encryption_status: "encrypted" },
          { name: "/dev/b", encryption_status: "not encrypted" },
        ],
      ],
      ["secureboot", { secure_boot: 1, setup_mode: 0 }],
      ["users", [{ username: "ada" }, { username: "root" }]],
    ]);
    const values = new Map(
      describeThings({ platform: Platform.PLATFORM_LINUX, ownership: CORPORATE }, facts).map(({ says, value }) => [
        says,
        value,
      ]),
    );
    assert.equal(values.get("Its operating system and the version"), "Ubuntu 24.04");
    assert.equal(values.get("Its maker and model"), "HP EliteBook");
    assert.equal(values.get("Whether its disks are encrypted"), "encrypted, not encrypted");
    assert.equal(values.get("Whether it starts verified programs only (secure boot)"), "yes");
    assert.equal(values.get("The accounts on it, with their names and folders"), "");
  });
});

describe("what a device's owner is told that may be done", () => {
  const ID = "0193c000-0000-7000-8000-000000000001";
  const rows = [{ on: "1" }];
  const answer = (name: Parameters<typeof observe>[1][number]["name"]) => ({
    name,
    rows,
    error: "",
    asked: "",
    stats: undefined,
  });
  const device = (ownership: Ownership) => ({ platform: Platform.PLATFORM_LINUX, ownership, fingerprints: {} });

  it("is everything with the organisation's device and nothing with a person's own", () => {
    assert.equal(describeDeeds(CORPORATE).filter(({ holds }) => holds).length, DEEDS.length);
    assert.deepEqual(
      describeDeeds(PERSONAL).filter(({ holds }) => holds),
      [],
    );
  });

  it("is what is done with answers: none to live queries and labels, and of policies only whether they are met", () => {
    const seen = (ownership: Ownership) => {
      const { labels, live, policies } = observe(device(ownership), [
        answer({ kind: "live", id: ID }),
        answer({ kind: "label", id: ID, revision: 1 }),
        answer({ kind: "policy", id: ID, revision: 1 }),
      ]);
      return [live.length, labels.length, policies[0]?.answer.evidence.length];
    };
    assert.deepEqual(
      [seen(CORPORATE), seen(PERSONAL)],
      [
        [1, 1, 1],
        [0, 0, 0],
      ],
    );
  });

  it("is what is asked: no label's question", () => {
    const label = {
      id: ID,
      kind: "label" as const,
      revision: 1,
      query: "select 1",
      intervalSeconds: 60,
      selection: { deviceIds: [], labelIds: [], platforms: [] },
    };
    const asked = (ownership: Ownership) =>
      Object.keys(
        dueWork(
          {
            deviceId: "d1",
            platform: Platform.PLATFORM_LINUX,
            ownership,
            labelIds: [],
            detailDueAt: 2,
            detailAskedAt: 2,
            asked: {},
          },
          [label],
          [],
          1,
        ).queries,
      ).length;
    assert.deepEqual([asked(CORPORATE), asked(PERSONAL)], [1, 0]);
  });
});
