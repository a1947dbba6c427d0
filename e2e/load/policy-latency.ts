import { startFleet } from "../simulators/osquery/fleet.ts";
import { startWebhookReceiver } from "../simulators/webhook-receiver.ts";
import type { LoadTarget } from "./load-target.ts";
import { type WebhookLatency, webhookLatency } from "./webhook-latency.ts";

const ROUNDS = 60;
const POLICY_SECONDS = 60;

/** Turns a policy on one simulated Mac again and again, and measures from the host's answer to the signed webhook. */
export async function policyLatency(target: LoadTarget): Promise<WebhookLatency> {
  const receiver = await startWebhookReceiver();
  const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(new URL(path, target.gatewayUrl), {
      method,
      headers: { authorization: `Bearer ${target.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const webhook = await api<{ id: string; secret: string }>("POST", "/api/v1/webhooks", {
    name: "load",
    url: receiver.url,
    eventTypes: ["muster.policy.v1.ComplianceChanged"],
    enabled: true,
  });
  receiver.trust(webhook.secret);
  const policy = await api<{ id: string }>("POST", "/api/v1/policies", {
    name: `load ${Date.now()}`,
    query: "SELECT 1 FROM gatekeeper WHERE assessments_enabled = 1",
    selection: { platforms: ["PLATFORM_MACOS"] },
    severity: "SEVERITY_HIGH",
    intervalSeconds: POLICY_SECONDS,
    enabled: true,
  });
  // Not part of what is measured, but waited for in each round.
  await api("PUT", "/api/v1/osquery-config", { options: { distributed_interval: 1 } });
  const fleet = await startFleet({
    server: target.inventoryUrl,
    ...(target.ca === undefined ? {} : { ca: target.ca }),
    enrollSecret: target.secret,
    hosts: 1,
    seed: `latency ${Date.now()}`,
    platforms: ["darwin"],
    timing: { distributedMs: 200 },
  });
  try {
    const [mac] = fleet.hosts;
    if (mac === undefined) throw new Error("the fleet has no Mac");
    const { name } = mac.facts.identity;
    const isAbout = (body: unknown, verdict: string): boolean => {
      const { data } = body as { data: { policyId: string; verdict: string } };
      return data.policyId === policy.id && data.verdict === verdict;
    };
    await receiver.arrivals.first(({ body }) => isAbout(body, "VERDICT_PASS"), "the first verdict", 60_000);
    const { devices } = await api<{ devices: { id: string }[] }>("GET", `/api/v1/devices?search=${name}`);
    const verdictOf = (round: number) => (round % 2 === 0 ? "VERDICT_FAIL" : "VERDICT_PASS");
    return await webhookLatency({
      receiver,
      rounds: ROUNDS,
      timeoutMs: 30_000,
      isAbout: (delivery, round) => isAbout(delivery.body, verdictOf(round)),
      change: async (round) => {
        fleet.set(name, { table: "gatekeeper", patch: { assessments_enabled: round % 2 === 0 ? 0 : 1 } });
        // The ledger holds the answers of all rounds before as well.
        const changedAt = Date.now();
        const answered = mac.ledger.wait(
          (entry) => entry.kind === "answered" && entry.name.includes(policy.id) && Date.parse(entry.at) >= changedAt,
        );
        await api("POST", `/api/v1/devices/${devices[0]?.id}/refetch`);
        return Date.parse((await answered).at);
      },
    });
  } finally {
    await fleet.stop();
    await api("DELETE", `/api/v1/webhooks/${webhook.id}`);
    await api("DELETE", `/api/v1/policies/${policy.id}`);
    await receiver.close();
  }
}
