import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { translateFleet } from "./translate.ts";

const translated = (files: Readonly<Record<string, string>>) => translateFleet(new Map(Object.entries(files)));
const remarks = (files: Readonly<Record<string, string>>) =>
  translated(files).remarks.map(({ file, path, message }) => `${file} ${path}: ${message}`);

describe("a repository of Fleet's GitOps", () => {
  it("becomes documents: labels, policies with their platforms, and osquery's schedule", () => {
    const { documents, remarks: left } = translated({
      "default.yml": `
labels:
  - {name: docker, query: select 1 from docker_info, label_membership_type: dynamic, platform: linux}
policies:
  - path: lib/policies.yml
queries:
  - {name: uptime, query: select * from uptime, interval: 300, platform: "darwin,linux", logging: differential_ignore_removals}
agent_options:
  config: {options: {distributed_interval: 10}}
`,
      "lib/policies.yml": `
- {name: disk, query: select 1 from disk_encryption, critical: true, platform: "darwin,windows", resolution: encrypt it}
`,
    });
    assert.deepEqual(left, []);
    assert.deepEqual(documents, [
      {
        kind: "Label",
        name: "docker",
        spec: { kind: "query", query: "select 1 from docker_info", platforms: ["linux"] },
      },
      {
        kind: "Policy",
        name: "disk",
        spec: {
          query: "select 1 from disk_encryption",
          severity: "critical",
          resolution: "encrypt it",
          selection: { platforms: ["macos", "windows"] },
        },
      },
      {
        kind: "OsqueryConfig",
        name: "default",
        spec: {
          options: { distributed_interval: 10 },
          schedule: {
            uptime: {
              query: "select * from uptime",
              interval: 300,
              snapshot: false,
              removed: false,
              platform: "darwin,linux",
            },
          },
        },
      },
    ]);
  });

  it("makes a label of each team, and selects it", () => {
    const { documents } = translated({
      "teams/laptops.yml": `
name: Laptops
policies:
  - {name: firewall, query: select 1}
controls:
  macos_settings:
    custom_settings:
      - path: ../lib/wifi.mobileconfig
      - path: ../lib/passcode.json
  macos_updates: {minimum_version: "26.1", deadline: "2026-12-01"}
team_settings:
  secrets: [{secret: $LAPTOPS_SECRET}]
`,
      "lib/wifi.mobileconfig": "<plist/>",
      "lib/passcode.json":
        '{"Type": "com.apple.configuration.passcode.settings", "Identifier": "a", "Payload": {"MinimumLength": 8}}',
    });
    const selection = { labels: ["Laptops"], platforms: ["macos", "ios", "ipados"] };
    assert.deepEqual(
      documents.map(({ kind, name }) => `${kind} ${name}`),
      [
        "Label Laptops",
        "Policy firewall",
        "Profile wifi",
        "Declaration passcode",
        "Declaration Laptops macos update",
        "EnrollSecret Laptops 1",
      ],
    );
    assert.deepEqual(documents[2], {
      kind: "Profile",
      name: "wifi",
      spec: { selection },
      files: { content: "lib/wifi.mobileconfig" },
    });
    assert.deepEqual(documents[4]?.spec, {
      softwareUpdate: { targetOsVersion: "26.1", targetLocalDateTime: "2026-12-01T12:00:00" },
      selection: { labels: ["Laptops"], platforms: ["macos"] },
    });
    assert.deepEqual(documents[5]?.spec["secret"], { secretRef: { env: "LAPTOPS_SECRET" } });
  });

  it("keeps its scripts, and a policy runs its own where it begins to fail", () => {
    const files = {
      "teams/laptops.yml": `
name: Laptops
policies:
  - {name: firewall, query: select 1, run_script: {path: ../lib/firewall.sh}}
  - path: ../lib/more.yml
controls:
  scripts:
    - path: ../lib/firewall.sh
    - path: ../other/firewall.sh
    - path: ../lib/secret.ps1
`,
      "lib/more.yml": "- {name: updates, query: select 2, run_script: {path: updates.py}}",
      "lib/firewall.sh": "echo on",
      "lib/updates.py": "print(1)",
      "lib/secret.ps1": "echo $FLEET_SECRET_KEY",
      "other/firewall.sh": "echo other",
    };
    const { documents } = translated(files);
    assert.deepEqual(
      documents
        .filter(({ kind }) => kind === "Script")
        .map(({ name, files: contents }) => [name, contents?.["content"]]),
      [
        ["firewall.sh", "lib/firewall.sh"],
        ["updates.py", "lib/updates.py"],
        ["other/firewall.sh", "other/firewall.sh"],
      ],
    );
    const policies = documents.filter(({ kind }) => kind === "Policy");
    assert.deepEqual(
      policies.map(({ spec }) => spec["remediationScript"]),
      ["firewall.sh", "updates.py"],
    );
    assert.deepEqual(remarks(files), [
      "teams/laptops.yml controls.scripts.2: left out: Muster keeps no $FLEET_SECRET_KEY for scripts",
    ]);
  });

  it("becomes one thing where teams have the same, and two where theirs differ", () => {
    const { documents, remarks: left } = translated({
      "teams/a.yml": "name: A\npolicies:\n  - path: ../lib/same.yml\n  - {name: own, query: select 1}\n",
      "teams/b.yml": "name: B\npolicies:\n  - path: ../lib/same.yml\n  - {name: own, query: select 2}\n",
      "lib/same.yml": "- {name: same, query: select 1, platform: linux}",
    });
    assert.deepEqual(left, []);
    assert.deepEqual(
      documents.filter(({ kind }) => kind === "Policy").map(({ name, spec }) => [name, spec["selection"]]),
      [
        ["same", { labels: ["A", "B"], platforms: ["linux"] }],
        ["own", { labels: ["A"] }],
        ["B own", { labels: ["B"] }],
      ],
    );
  });

  it("is never made to reach more devices than it was meant for", () => {
    const files = {
      "default.yml": `
policies:
  - {name: a, query: select 1, labels_exclude_any: [vip]}
  - {name: b, query: select 1, labels_include_all: [x, y]}
`,
      "teams/t.yml": "name: T\npolicies:\n  - {name: c, query: select 1, labels_include_any: [x]}\n",
    };
    assert.deepEqual(
      translated(files).documents.filter(({ kind }) => kind === "Policy"),
      [],
    );
    assert.equal(remarks(files).filter((each) => each.includes("left out")).length, 3);
  });

  it("tells of everything that nothing was made of", () => {
    const files = {
      "default.yml": `
software: {packages: [{path: a.yml}]}
policies:
  - {name: a, query: select 1, run_script: {path: a.sh}, install_software: {package_path: b.yml}}
controls:
  scripts: [{path: a.sh}]
  macos_settings: {custom_settings: [{path: host.mobileconfig}]}
org_settings:
  secrets: [{secret: hunter2}, hunter3]
  sso_settings: {entity_id: fleet}
`,
      "host.mobileconfig": "<string>$FLEET_VAR_HOST_HARDWARE_SERIAL</string>",
    };
    assert.deepEqual(remarks(files), [
      "default.yml software: has no counterpart",
      "default.yml policies.0.install_software: has no counterpart",
      "default.yml policies.0.run_script: left out: a.sh is not there",
      "default.yml controls.scripts.0: left out: a.sh is not there",
      "default.yml controls.macos_settings.custom_settings.0: left out: Muster has other variables than $FLEET_VAR_HOST_HARDWARE_SERIAL",
      "default.yml org_settings.sso_settings: has no counterpart",
      "default.yml org_settings.secrets.0: left out: a secret stands in the file; put it into a variable and refer to it",
      "default.yml org_settings.secrets.1: left out: a secret stands in the file; put it into a variable and refer to it",
    ]);
  });
});
