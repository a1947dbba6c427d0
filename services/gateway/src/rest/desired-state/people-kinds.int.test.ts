import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type GatewayProcess, startGatewayProcess } from "@muster/testkit/gateway-process";
import type { GatewayTables } from "../../storage/tables.ts";
import { ApiCaller, bearer, type RequestHeaders } from "../../testing/api-caller.ts";
import { type Fleet, LABEL, startFleet } from "../../testing/fleet.ts";

const ISSUER = "https://id.example.org";
const SECOND_ISSUER = "https://other.example.org";
const SECRET = "what the provider gave us";

const HELPDESK = {
  kind: "Role",
  name: "helpdesk",
  spec: { actions: ["device.read", "command.read"], labels: [LABEL.name] },
};
const PROVIDER = {
  kind: "SignInProvider",
  name: "Example ID",
  spec: {
    issuer: ISSUER,
    clientId: "muster",
    rolesOfGroups: [
      { group: "it", role: "admin" },
      { group: "support", role: "helpdesk" },
    ],
  },
  values: { clientSecret: Buffer.from(SECRET).toString("base64") },
};

interface Plan {
  readonly id: string;
  readonly state: string;
  readonly changes: readonly {
    action: string;
    kind: string;
    name: string;
    fields: readonly { path: string; before: unknown; after: unknown }[];
  }[];
  readonly problems: readonly { document: number; path: string; message: string }[];
  readonly unchangedCount: number;
}

describe("documents of who may do what", () => {
  let fleet: Fleet;
  let gateway: GatewayProcess<GatewayTables>;

  before(async () => {
    fleet = await startFleet();
    gateway = await startGatewayProcess(fleet.address, { MUSTER_OIDC_ISSUERS: `${ISSUER},${SECOND_ISSUER}` });
  });

  after(async () => {
    await gateway?.stop();
    await fleet?.stop();
  });

  const { actions, asAdmin, send } = new ApiCaller(() => gateway);
  const plan = async (documents: readonly object[], prune = false, headers?: RequestHeaders): Promise<Plan> => {
    const path = "/api/v1/desired-state/plans";
    const by = headers ?? bearer(gateway.admin.token);
    return (await send("POST", path, by, { documents, prune })).json as unknown as Plan;
  };
  const apply = async (documents: readonly object[], prune = false): Promise<Plan> => {
    const { id, problems } = await plan(documents, prune);
    assert.deepEqual(problems, []);
    return (await asAdmin("POST", `/api/v1/desired-state/plans/${id}/apply`)).json as unknown as Plan;
  };
  const told = ({ changes }: Plan) =>
    changes.map(({ action, kind, fields }) => `${action.slice(21)} ${kind}: ${fields.map(({ path }) => path).join()}`);
  const problemsOf = async (...args: Parameters<typeof plan>) =>
    (await plan(...args)).problems.map(({ document, path, message }) => `${document} ${path} ${message}`);
  const listed = async (path: string) => Object.values((await asAdmin("GET", path)).json)[0] as unknown as never[];
  const tokenOf = async (role: string): Promise<string> =>
    (await asAdmin("POST", "/api/v1/api-tokens", { name: role, role })).json["token"] ?? assert.fail(role);

  it("make a role and a provider that gives it in one plan, and find both as they are afterwards", async () => {
    const planned = await plan([PROVIDER, HELPDESK]);
    assert.deepEqual(told(planned), [
      "CREATE Role: actions,labels",
      "CREATE SignInProvider: clientId,groupsClaim,issuer,rolesOfGroups,scopes,clientSecret",
    ]);
    assert.equal((await apply([PROVIDER, HELPDESK])).state, "DESIRED_STATE_PLAN_STATE_APPLIED");
    const again = await plan([HELPDESK, PROVIDER]);
    assert.deepEqual([told(again), again.unchangedCount], [[], 2]);
    const record = JSON.stringify(await actions());
    assert.ok(record.includes('"resourceName":"Example ID"') && !record.includes(SECRET));
  });

  it("change what a role may do, field by field, and what they leave out is empty", async () => {
    const described = { ...HELPDESK, spec: { ...HELPDESK.spec, description: "Answers calls" } };
    assert.deepEqual(told(await apply([described, PROVIDER])), ["CHANGE Role: description"]);
    assert.deepEqual(told(await apply([HELPDESK, PROVIDER])), ["CHANGE Role: description"]);
    const provider = { ...PROVIDER, spec: { ...PROVIDER.spec, groupsClaim: "roles" } };
    assert.deepEqual(told(await apply([HELPDESK, provider])), ["CHANGE SignInProvider: groupsClaim"]);
    assert.deepEqual(told(await apply([HELPDESK, PROVIDER])), ["CHANGE SignInProvider: groupsClaim"]);
  });

  it("are complained of by field", async () => {
    const wrong = {
      ...PROVIDER,
      spec: { ...PROVIDER.spec, rolesOfGroups: [{ group: "it", role: "admn" }], clientSecret: SECRET },
    };
    assert.deepEqual(
      await problemsOf([wrong, { ...HELPDESK, spec: { actions: ["device.read"], labels: ["berln"] } }]),
      [
        "0 spec.clientSecret is never written down: refer to it, as secretRef: {env: NAME} or {file: path}",
        '0 spec.rolesOfGroups.0.role there is no Role "admn" — did you mean "admin"?',
        '1 spec.labels.0 there is no Label "berln" — did you mean "berlin"?',
      ],
    );
    const elsewhere = { ...PROVIDER, spec: { ...PROVIDER.spec, issuer: "https://other.example" } };
    const unbound = { ...HELPDESK, spec: { actions: ["device.reed"] } };
    const own = { kind: "Role", name: "admin", spec: { actions: ["device.read"] } };
    assert.deepEqual(await problemsOf([elsewhere, unbound, own]), [
      `0 spec.issuer stays as it was made, "${ISSUER}": give the SignInProvider another name than "Example ID"`,
      '1 spec.actions actions: there is no right "device.reed"; docs/rights.md lists all of them',
      "2 spec admin, operator, auditor, viewer are Muster's own roles; make another of the rights you want",
    ]);
    assert.deepEqual(await problemsOf([{ ...HELPDESK, spec: { actions: ["device.read"] } }]), [
      "0 spec.labels labels are missing: a role that is bound to labels stays bound to some",
    ]);
  });

  it("give nobody a right beyond those of whoever plans", async () => {
    const maker = { name: "maker", actions: ["desired_state.plan", "desired_state.write", "role.read", "role.write"] };
    const labels = ["label.read", "sign_in_provider.read", "sign_in_provider.write"];
    await asAdmin("POST", "/api/v1/roles", { ...maker, actions: [...maker.actions, ...labels] });
    const by = bearer(await tokenOf("maker"));
    const powerful = { kind: "Role", name: "powerful", spec: { actions: ["device.read"] } };
    const mapped = {
      ...PROVIDER,
      values: {},
      spec: { ...PROVIDER.spec, rolesOfGroups: [{ group: "x", role: "admin" }] },
    };
    assert.deepEqual(await problemsOf([powerful, HELPDESK, mapped], false, by), [
      "0 spec the role maker cannot make a role of rights that it has not",
      "1 spec the role maker cannot make a role of rights that it has not",
      "2 spec the role maker cannot map a group to the rights of admin",
    ]);
    // What an administrator planned, nobody else carries out without the rights for it.
    const { id } = await plan([powerful]);
    const applied = await send("POST", `/api/v1/desired-state/plans/${id}/apply`, by);
    assert.equal((applied.json as unknown as Plan).state, "DESIRED_STATE_PLAN_STATE_UNDONE");
    assert.ok(!JSON.stringify(await listed("/api/v1/roles")).includes("powerful"));
  });

  it("are not written over what somebody made of a provider meanwhile", async () => {
    const provider = { name: "Seen", issuer: SECOND_ISSUER, clientId: "muster", rolesOfGroups: [] };
    const made = (await asAdmin("POST", "/api/v1/sign-in-providers", provider)).json;
    const path = `/api/v1/sign-in-providers/${made["id"]}`;
    const change = (ifMatch: string) => asAdmin("PUT", path, { ...provider, name: "Again" }, { "if-match": ifMatch });
    assert.deepEqual([made["revision"], (await change('"1"')).json["revision"]], [1, 2]);
    assert.equal((await change('"1"')).json["code"], "revision.changed");
    const remove = (ifMatch: string) => asAdmin("DELETE", path, undefined, { "if-match": ifMatch });
    assert.equal((await remove('"1"')).json["code"], "revision.changed");
    assert.equal((await remove('"2"')).status, 200);
  });

  it("are exported so that a plan of them is empty, and remove what they made", async () => {
    const path = "/api/v1/desired-state/documents?kinds=Role&kinds=SignInProvider";
    const { documents } = (await asAdmin("GET", path)).json as unknown as { documents: { kind: string }[] };
    const mine = documents.filter((each) => !JSON.stringify(each).includes('"maker"'));
    assert.deepEqual(mine, [
      {
        ...HELPDESK,
        spec: { ...HELPDESK.spec, actions: ["command.read", "device.read", "self.read", "self.write"] },
        values: {},
      },
      { ...PROVIDER, values: {} },
    ]);
    assert.deepEqual(told(await plan(mine)), []);
    assert.deepEqual(told(await apply([], true)), ["DELETE SignInProvider: ", "DELETE Role: "]);
    assert.deepEqual(await listed("/api/v1/sign-in-providers"), []);
  });
});
