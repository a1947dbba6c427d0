import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { JourneyPlatform } from "./journey-platform.ts";

interface Devices {
  readonly devices: readonly { readonly id: string; readonly displayName: string }[];
}

type Answer = Devices & {
  readonly code?: string;
  readonly id?: string;
  readonly commands?: readonly { readonly id: string }[];
};

const PASSWORD = "a long enough password";
const ACTIONS = [
  "device.read",
  "device.refetch",
  "command.read",
  "command.write",
  "campaign.read",
  "campaign.write",
  "query.read",
  "query.run",
  "operation.read",
  "label.write",
  "policy.read",
];

/** Of two devices, in Berlin and in Paris, a role that is bound to a label which the first carries reaches that one alone. */
export async function triesOfBound({ api, enrollSecret, platform }: JourneyPlatform): Promise<void> {
  for (const name of ["in-berlin", "in-paris"])
    await fetch(`${platform.urls.doors.enrollment}/api/fleet/orbit/enroll`, {
      method: "POST",
      body: JSON.stringify({
        enroll_secret: enrollSecret,
        hardware_uuid: randomUUID(),
        hostname: name,
        computer_name: name,
        platform: "ubuntu",
        platform_like: "debian",
      }),
    });
  const both = await api.until<Devices, Devices["devices"]>("/api/v1/devices", ({ devices }) => {
    const found = devices.filter(({ displayName }) => displayName.startsWith("in-"));
    return found.length === 2 ? found : undefined;
  });
  const idOf = (name: string) => both.find(({ displayName }) => displayName === name)?.id ?? assert.fail(name);
  const [here, there] = [idOf("in-berlin"), idOf("in-paris")];
  const label = await api.post<{ id: string }>("/api/v1/labels", { name: "In Berlin", kind: "LABEL_KIND_MANUAL" });
  await api.post(`/api/v1/labels/${label.id}/devices`, { deviceIds: [here] });
  await api.post("/api/v1/roles", { name: "berlin", actions: ACTIONS, labelIds: [label.id] });
  const { token } = await api.post<{ token: string }>("/api/v1/api-tokens", { name: "Berlin", role: "berlin" });
  const askAs = (headers: Readonly<Record<string, string>>) => async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${platform.urls.gateway}/api/v1/${path}`, {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (response.ok && path.endsWith("/answers")) await response.body?.cancel();
    const text = response.bodyUsed ? "" : await response.text();
    return { status: response.status, answer: (text.startsWith("{") ? JSON.parse(text) : {}) as Answer };
  };
  const ask = askAs({ authorization: `Bearer ${token}` });
  const refusedTo = async (who: typeof ask, tries: readonly (readonly [string, string, unknown?])[]) => {
    await Promise.all(
      tries.map(async ([method, path, body]) => {
        const { answer, status } = await who(method, path, body);
        assert.deepEqual([status, answer.code], [403, "api.outside_labels"], `${method} ${path}`);
      }),
    );
  };
  const allowedTo = async (who: typeof ask, paths: readonly string[]) => {
    const statuses = await Promise.all(paths.map(async (path) => [path, (await who("GET", path)).status]));
    assert.deepEqual(
      statuses,
      paths.map((path) => [path, 200]),
    );
  };

  const order = { type: "COMMAND_TYPE_RUN_SCRIPT", runScript: { content: "true" } };
  const script = (deviceIds: readonly string[]) => ({ deviceIds, ...order });
  const listed = await ask("GET", "devices");
  assert.deepEqual(
    listed.answer.devices.map(({ id }) => id),
    [here],
  );
  assert.equal((await ask("POST", "commands", script([here]))).status, 201);
  await allowedTo(ask, [`devices/${here}`, `commands?deviceId=${here}`, "me"]);
  await refusedTo(ask, [
    ["GET", `devices/${there}`],
    ["GET", `devices/${there}/facts`],
    ["POST", `devices/${there}/refetch`],
    ["POST", "commands", script([there])],
    ["POST", "commands", script([here, there])],
    ["POST", "commands", { selection: {}, ...order }],
    ["GET", `commands?deviceId=${there}`],
    ["GET", "commands"],
    ["GET", "policies"],
    ["POST", `labels/${label.id}/devices`, { deviceIds: [there] }],
    ["PUT", `labels/${label.id}`, { name: "Everywhere" }],
  ]);

  /** What somebody asks of devices, as the paths by which it is seen. */
  const asAdmin = askAs({ authorization: `Bearer ${platform.administrator.token}` });
  const askedOf = async (deviceIds: readonly string[], who = asAdmin, selection: object = { deviceIds }) => {
    const tries = [
      ["commands", "command", script(deviceIds)],
      ["campaigns", "campaign", { name: "c", selection, ...order }],
      ["live-queries", "live-query", { sql: "select 1", selection, expiresInSeconds: 2 }],
    ] as const;
    return Promise.all(
      tries.map(async ([path, prefix, body]) => {
        const { answer } = await who("POST", path, body);
        const id = answer.commands?.[0]?.id ?? answer.id ?? assert.fail(`${path}: ${JSON.stringify(answer)}`);
        return { path: `${path}/${id}`, operation: `operations/${prefix}-${id}` };
      }),
    );
  };
  const pathsOf = (things: Awaited<ReturnType<typeof askedOf>>) => [
    ...things.flatMap(({ path, operation }) => [path, operation]),
    ...things.filter(({ path }) => path.startsWith("campaigns")).map(({ path }) => `${path}/devices`),
    ...things.filter(({ path }) => path.startsWith("live-queries")).map(({ path }) => `${path}/answers`),
  ];
  const changesOf = (things: Awaited<ReturnType<typeof askedOf>>) =>
    things.map(({ path }) => ["POST", `${path}/${path.startsWith("live") ? "stop" : "cancel"}`] as const);
  const looksAt = (paths: readonly string[]) => paths.map((path) => ["GET", path] as const);
  await allowedTo(ask, pathsOf(await askedOf([here])));
  for (const others of [[there], [here, there]]) {
    const things = (await askedOf(others)).filter(({ path }) => others.length === 1 || !path.startsWith("commands"));
    await refusedTo(ask, [...looksAt(pathsOf(things)), ...changesOf(things)]);
  }

  // Whoever asked sees it on, also of a device that went elsewhere; a token of the same name did not ask.
  const email = "greta@berlin.example";
  await api.post("/api/v1/users", { email, role: "berlin", password: PASSWORD });
  const signedIn = await fetch(`${platform.urls.gateway}/api/v1/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-muster-csrf": "1" },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? assert.fail("no session");
  const greta = askAs({ cookie, "x-muster-csrf": "1" });
  const byLabel = { labelIds: [label.id] };
  const hers = await askedOf([here], greta, byLabel);
  const byToken = await askedOf([here], ask, byLabel);
  const namesake = await api.post<{ token: string }>("/api/v1/api-tokens", { name: "Berlin", role: "berlin" });
  await api.post(`/api/v1/labels/${label.id}/devices/remove`, { deviceIds: [here] });
  await allowedTo(greta, pathsOf(hers));
  const ofDevices = ({ path }: { readonly path: string }) => !path.startsWith("live-queries");
  await refusedTo(greta, changesOf(hers.filter(ofDevices)));
  const others = askAs({ authorization: `Bearer ${namesake.token}` });
  await refusedTo(others, looksAt(pathsOf(byToken.filter(ofDevices))));
}
