import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { eventually } from "@muster/testkit/eventually";
import { Client } from "pg";
import { type JourneyPlatform, startJourneyPlatform } from "./testing/journey-platform.ts";

const MUSTER = join(import.meta.dirname, "../../services/cli/src/main.ts");
const PASSWORD = "a long enough password";

interface AuditRecord {
  readonly number: string;
  readonly content: string;
  readonly action: string;
  readonly outcome: string;
}

interface Action {
  readonly actor: string;
  readonly remoteAddress: string;
  readonly credentialKind: string;
  readonly userAgent: string;
  readonly traceId: string;
  readonly before?: { readonly name: string; readonly secret: string };
  readonly after?: { readonly name: string; readonly secret: string };
}

describe("the audit trail", () => {
  let journey: JourneyPlatform;
  let database: Client;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "muster-audit-"));
    journey = await startJourneyPlatform({ environment: { MUSTER_AUDIT_CHECKPOINT_SECONDS: "1" } });
    database = new Client({ connectionString: journey.platform.urls.database });
    await database.connect();
  });

  after(async () => {
    await database?.end();
    await journey?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** The muster command as a person runs it: how it ended, and what it said. */
  const muster = (...args: string[]) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const env = {
        ...process.env,
        MUSTER_SERVER: journey.platform.urls.gateway,
        MUSTER_TOKEN: journey.platform.administrator.token,
      };
      const child = execFile(
        process.execPath,
        [MUSTER, ...args],
        { env, maxBuffer: 64 * 1024 * 1024 },
        (_e, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
      );
    });

  const recorded = (query: string) =>
    journey.api.until<{ records: AuditRecord[] }, AuditRecord>(
      `/api/v1/audit/records?${query}`,
      ({ records }) => records[0],
    );

  const actionOf = ({ content }: AuditRecord): Action => JSON.parse(content).data as Action;

  it("says who changed what, from where, with which token, in which trace, and how it was before", async () => {
    const webhook = await journey.api.post<{ id: string; secret: string }>("/api/v1/webhooks", {
      name: "first name",
      url: "http://127.0.0.1:9/hook",
      enabled: true,
    });
    await journey.api.put(`/api/v1/webhooks/${webhook.id}`, { name: "second name", url: "http://127.0.0.1:9/hook" });
    const record = await journey.api.until<{ records: AuditRecord[] }, AuditRecord>(
      "/api/v1/audit/records?action=webhook.write&outcome=AUDIT_OUTCOME_SUCCEEDED",
      ({ records }) => records.find((each) => actionOf(each).before !== undefined),
    );
    const action = actionOf(record);
    assert.deepEqual([action.before?.name, action.after?.name], ["first name", "second name"]);
    assert.deepEqual([action.actor, action.credentialKind], ["token:first", "api_token"]);
    assert.match(action.remoteAddress, /127\.0\.0\.1|::1/);
    assert.match(action.traceId, /^[0-9a-f]{32}$/);
    assert.match(action.userAgent, /node/);
    const { records } = await journey.api.get<{ records: AuditRecord[] }>("/api/v1/audit/records?pageSize=500");
    assert.ok(!JSON.stringify(records).includes(webhook.secret));
  });

  it("says who was refused, and who nobody knows", async () => {
    const { token } = await journey.api.post<{ token: string }>("/api/v1/api-tokens", { name: "eyes", role: "viewer" });
    const ask = (bearer: string) =>
      fetch(`${journey.platform.urls.gateway}/api/v1/webhooks`, {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}` },
        body: "{}",
      });
    assert.equal((await ask(token)).status, 403);
    assert.equal((await ask("muster_invented")).status, 401);
    const refused = await recorded("actor=token:eyes&outcome=AUDIT_OUTCOME_REFUSED");
    assert.equal(refused.action, "webhook.write");
    await journey.api.until<{ records: AuditRecord[] }, true>(
      "/api/v1/audit/records?outcome=AUDIT_OUTCOME_REFUSED&action=webhook.write",
      ({ records }) => (records.some((record) => actionOf(record).credentialKind === "unknown") ? true : undefined),
    );
  });

  it("is proven by the platform and, once more, by the command; so is an export without the platform", async () => {
    const { code, out, err } = await muster("audit", "verify");
    assert.equal(code, 0, err);
    assert.match(out, /^default: \d+ records, 1 to \d+: one unbroken chain/);
    await signed();
    const [keys, whole, part] = [join(folder, "keys.json"), join(folder, "whole.ndjson"), join(folder, "part.ndjson")];
    await writeFile(keys, (await muster("audit", "keys")).out);
    await writeFile(whole, (await muster("audit", "export")).out);
    assert.match((await muster("audit", "verify", "--file", whole, "--keys", keys)).out, /one unbroken chain/);
    // Only what a checkpoint stands over is proven; the next one is made within a second.
    await eventually("the records of the one token to be signed", async () => {
      await writeFile(part, (await muster("audit", "export", "--actor", "token:eyes")).out);
      const { out } = await muster("audit", "verify", "--file", part, "--keys", keys);
      assert.match(out, /each proven by itself/);
      return out.includes("not signed yet") ? undefined : true;
    });
    const text = (await muster("audit", "export", "--actor", "token:eyes")).out;
    await writeFile(part, text.replace("webhook.write", "webhook.read"));
    const changed = await muster("audit", "verify", "--file", part, "--keys", keys);
    assert.equal(changed.code, 10);
    assert.match(changed.err, /broken at record \d+ \(content\)/);
  });

  /** Waits until a checkpoint stands for the record of the refused viewer. */
  async function signed(): Promise<void> {
    const { number } = await recorded("actor=token:eyes");
    await journey.api.until<{ proof: unknown }, true>(`/api/v1/audit/records/${number}`, ({ proof }) =>
      proof === null ? undefined : true,
    );
  }

  it("is closed to whoever may only look, and to another tenant", async () => {
    const { token } = await journey.api.post<{ token: string }>("/api/v1/api-tokens", { name: "op", role: "operator" });
    const ask = (headers: Record<string, string>) =>
      fetch(`${journey.platform.urls.gateway}/api/v1/audit/records?pageSize=500`, { headers });
    assert.equal((await ask({ authorization: `Bearer ${token}` })).status, 403);
    const admin = { adminEmail: "boss@acme.example", adminPassword: PASSWORD };
    await journey.api.post("/api/v1/tenants", { id: "acme", name: "Acme", ...admin });
    const signIn = await fetch(`${journey.platform.urls.gateway}/api/v1/sign-in`, {
      method: "POST",
      headers: { "x-muster-csrf": "1" },
      body: JSON.stringify({ email: admin.adminEmail, password: PASSWORD }),
    });
    const cookie = signIn.headers.getSetCookie()[0]?.split(";")[0] ?? assert.fail("no cookie");
    const theirs = (await (await ask({ cookie })).json()) as { records: AuditRecord[] };
    assert.ok(theirs.records.every(({ content }) => !content.includes("token:first")));
  });

  it("shows a row that was changed in the database, and names it", async () => {
    const { number } = await recorded("actor=token:eyes&outcome=AUDIT_OUTCOME_REFUSED");
    await database.query(
      "update notification.audit_records set content = replace(content, 'token:eyes', 'token:ayes') where tenant = 'default' and number = $1",
      [number],
    );
    const { code, err } = await muster("audit", "verify");
    assert.equal(code, 10);
    assert.match(err, new RegExp(`broken at record ${number} \\(content\\)`));
  });
});
