import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type DocumentKind, everyKind, type Wanted, writeDocuments } from "./every-kind.ts";
import type { JourneyPlatform } from "./journey-platform.ts";
import { runMuster } from "./run-muster.ts";

type Listed = Readonly<Record<string, unknown>>;

const DEFAULT_ONLY = new Set(["AppleIdentity", "OsqueryConfig"]);

/** Documents of all kinds are brought to a platform, which began with things that nobody described. */
export function documentsOfEveryKind(journeyOf: () => JourneyPlatform, issuer: string): void {
  describe("documents of every kind", () => {
    let folder: string;
    let kinds: readonly DocumentKind[];
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "muster-every-kind-"));
      kinds = everyKind({ issuer, webhook: "http://127.0.0.1:9/" });
    });
    after(() => rm(folder, { recursive: true, force: true }));

    const secrets = { FIRST_SECRET: "the-first-that-nobody-guesses", SECOND_SECRET: "the-second-that-nobody-guesses" };
    const muster = (...args: string[]) => runMuster(journeyOf(), args, secrets);
    const named = ({ kind }: DocumentKind): string => (DEFAULT_ONLY.has(kind) ? "default" : "first");
    const first = (): Wanted[] => [
      ...kinds.map((each) => ({ kind: each.kind, name: named(each), spec: each.spec })),
      { kind: "Role", name: "leaving", spec: { actions: ["device.read"] } },
    ];
    const changed = (): Wanted[] =>
      kinds.map((each) => ({ kind: each.kind, name: named(each), spec: { ...each.spec, ...each.changed } }));
    const second = (): Wanted[] =>
      kinds.flatMap(({ kind, spec, second: own }) =>
        own === undefined ? [] : [{ kind, name: "second", spec: { ...spec, ...own } }],
      );
    const kindsOf = (wanted: readonly Wanted[]) => wanted.map(({ kind, name }) => `${kind} ${name}`).toSorted();
    /** What a plan says it does, as signs before things. */
    const planned = (out: string, sign: string): string[] =>
      out
        .split("\n")
        .filter((line) => line.startsWith(`${sign} `))
        .map((line) => line.slice(2).replace(/ {2}\(.*/, ""))
        .toSorted();
    const isAsTheySay = async (count: number): Promise<void> => {
      const { out } = await muster("diff", "-f", folder);
      assert.equal(out, `everything is as the documents say (${count})\n`);
    };

    it("are applied, and nothing is to be changed afterwards", async () => {
      await writeDocuments(folder, first());
      const { out, code } = await muster("apply", "-f", folder);
      assert.equal(code, 0, out);
      assert.deepEqual([...planned(out, "+"), ...planned(out, "~")].toSorted(), kindsOf(first()));
      await isAsTheySay(first().length);
    });

    it("tell what somebody changed or revoked by hand, and bring it back", async () => {
      const { api, platform } = journeyOf();
      for (const { kind, path, key = "id", drift } of kinds) {
        const answer = await api.get<Record<string, unknown>>(`/api/v1/${path}`);
        const listed = (Object.values(answer).find(Array.isArray) ?? [answer]) as Listed[];
        const isOne = DEFAULT_ONLY.has(kind);
        const own = listed.find(({ name, revokedAt }) => isOne || (name === "first" && revokedAt === undefined));
        assert.ok(own, kind);
        const at = isOne ? `/api/v1/${path}` : `/api/v1/${path}/${String(own[key])}`;
        const [method, url] =
          drift !== undefined
            ? [drift.method, at]
            : kind === "SignalReceiver"
              ? ["POST", `${at}/revoke`]
              : ["DELETE", at];
        const response = await fetch(new URL(url, platform.urls.gateway), {
          method,
          headers: { authorization: `Bearer ${platform.administrator.token}`, "content-type": "application/json" },
          ...(drift !== undefined && { body: JSON.stringify(drift.sent(own)) }),
        });
        assert.ok(response.ok, `${kind}: ${response.status} ${await response.text()}`);
      }
      // One that was revoked is taken no more.
      secrets.FIRST_SECRET = "another-that-nobody-guesses";
      const drifted = await muster("drift", "-f", folder);
      assert.equal(drifted.code, 9, drifted.out);
      const told = [...planned(drifted.out, "+"), ...planned(drifted.out, "~")].toSorted();
      assert.deepEqual(told, kindsOf(changed()), drifted.out);
      const { out, code } = await muster("apply", "-f", folder);
      assert.equal(code, 0, out);
    });

    it("are exported with what nobody described, and a plan of that is empty", async () => {
      const exported = join(folder, "exported");
      const { out, code } = await muster("export", exported);
      assert.equal(code, 0, out);
      const again = await muster("diff", "-f", exported);
      assert.match(again.out, /^everything is as the documents say \(\d+\)\n$/);
      await rm(exported, { recursive: true });
    });

    it("are undone, whatever of them was done, when a step at the end fails", async () => {
      await writeDocuments(folder, [...changed(), ...second()]);
      const plan = await muster("diff", "-f", folder, "--prune");
      assert.deepEqual(planned(plan.out, "+"), kindsOf(second()), plan.out);
      assert.deepEqual(planned(plan.out, "-"), ["Role leaving"]);
      const hasChange = new Set(kinds.flatMap(({ kind, changed: change }) => (change === undefined ? [] : [kind])));
      assert.deepEqual(planned(plan.out, "~"), kindsOf(changed().filter(({ kind }) => hasChange.has(kind))));
      const id = /--plan ([\w-]+)/.exec(plan.out)?.[1] ?? assert.fail(plan.out);
      const { api } = journeyOf();
      const token = await api.post<{ id: string }>("/api/v1/api-tokens", { name: "leaving", role: "leaving" });
      const { out, code } = await muster("apply", "--plan", id);
      assert.equal(code, 4, out);
      assert.match(out, /it was undone/);
      await writeDocuments(folder, first());
      await isAsTheySay(first().length);
      await api.delete(`/api/v1/api-tokens/${token.id}`);
    });

    it("are removed when they are named no more, and nothing else is", async () => {
      const kept = first().filter(({ kind }) => DEFAULT_ONLY.has(kind));
      await writeDocuments(folder, kept);
      const { out, code } = await muster("apply", "-f", folder, "--prune");
      assert.equal(code, 0, out);
      assert.deepEqual(planned(out, "-"), kindsOf(first().filter(({ kind }) => !DEFAULT_ONLY.has(kind))));
      const { api } = journeyOf();
      const { servers } = await api.get<{ servers: { name: string }[] }>("/api/v1/automated-enrollment-servers");
      assert.deepEqual(
        servers.map(({ name }) => name),
        ["Business Manager"],
      );
    });
  });
}
