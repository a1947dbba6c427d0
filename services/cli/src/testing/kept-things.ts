import { randomUUID } from "node:crypto";
import {
  type ScriptServiceServer,
  ScriptServiceService,
} from "@muster/contracts/gen/muster/command/v1/command_service";
import { Label } from "@muster/contracts/gen/muster/inventory/v1/device";
import { type LabelServiceServer, LabelServiceService } from "@muster/contracts/gen/muster/inventory/v1/label_service";
import { Policy } from "@muster/contracts/gen/muster/policy/v1/policy";
import { type PolicyServiceServer, PolicyServiceService } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import { refusals } from "@muster/host/refusal";
import { expectRevision } from "@muster/host/revision";
import type { GrpcServer, Methods } from "@muster/rpc/server";

const refuse = refusals({ "label.bad": "invalid", "policy.bad_interval": "invalid", "policy.name_taken": "conflict" });

/** Labels and policies as services keep them, and what they are told to fail at. */
export interface KeptThings {
  readonly labels: Map<string, Label>;
  readonly policies: Map<string, Policy>;
  /** A policy of this name is refused when it is made, although it was in order when it was checked. */
  refusedPolicy: string;
  /** What making or changing the thing of this name waits for. */
  held: { readonly name: string; readonly until: Promise<void> } | undefined;
  /** Whether it waits. */
  isHolding: boolean;
}

export function offerKeptThings(server: GrpcServer): KeptThings {
  const things: KeptThings = {
    labels: new Map(),
    policies: new Map(),
    refusedPolicy: "",
    held: undefined,
    isHolding: false,
  };
  const checkedLabel = (label: Label | undefined): Label => {
    if (label?.kind === "LABEL_KIND_QUERY" && label.query === "") throw refuse("label.bad", "query is empty");
    return Label.fromPartial(label ?? {});
  };
  const waited = async (name: string | undefined) => {
    if (name !== things.held?.name) return;
    things.isHolding = true;
    await things.held?.until;
  };
  const savedLabel = async (label: Label | undefined, id: string, expected: readonly number[] = []) => {
    await waited(label?.name);
    const revision = things.labels.get(id)?.revision ?? 0;
    expectRevision({ revision }, expected);
    const saved = { ...checkedLabel(label), id, deviceCount: 3, revision: revision + 1 };
    things.labels.set(id, saved);
    return { label: saved };
  };
  const labels = {
    listLabels: async () => ({ labels: [...things.labels.values()] }),
    getLabel: async ({ id }) => ({ label: things.labels.get(id) }),
    checkLabel: async ({ id, label }) => ({ label: { ...checkedLabel(label), id } }),
    createLabel: ({ label }) => savedLabel(label, randomUUID()),
    updateLabel: ({ id, label, expectedRevisions }) => savedLabel(label, id, expectedRevisions),
    deleteLabel: async ({ id, expectedRevisions }) => {
      expectRevision({ revision: things.labels.get(id)?.revision ?? 0 }, expectedRevisions);
      things.labels.delete(id);
      return {};
    },
  } as Partial<Methods<LabelServiceServer>>;

  // Like the real one, it fills in what was left out.
  const checkedPolicy = (policy: Policy | undefined): Policy => {
    const { intervalSeconds = 0, severity = "SEVERITY_UNSPECIFIED" } = policy ?? {};
    if (intervalSeconds !== 0 && intervalSeconds < 60)
      throw refuse("policy.bad_interval", "interval_seconds is at least 60");
    return Policy.fromPartial({
      ...policy,
      intervalSeconds: intervalSeconds === 0 ? 3600 : intervalSeconds,
      severity: severity === "SEVERITY_UNSPECIFIED" ? "SEVERITY_MEDIUM" : severity,
    });
  };
  const savedPolicy = async (policy: Policy | undefined, id: string, expected: readonly number[] = []) => {
    await waited(policy?.name);
    if (policy?.name === things.refusedPolicy) throw refuse("policy.name_taken", "somebody was faster");
    const revision = things.policies.get(id)?.revision ?? 0;
    expectRevision({ revision }, expected);
    const saved = { ...checkedPolicy(policy), id, passCount: 2, failCount: 1, revision: revision + 1 };
    things.policies.set(id, saved);
    return { policy: saved };
  };
  const policies = {
    listPolicies: async () => ({ policies: [...things.policies.values()] }),
    checkPolicy: async ({ id, policy }) => ({ policy: { ...checkedPolicy(policy), id } }),
    createPolicy: ({ policy }) => savedPolicy(policy, randomUUID()),
    updatePolicy: ({ id, policy, expectedRevisions }) => savedPolicy(policy, id, expectedRevisions),
    deletePolicy: async ({ id, expectedRevisions }) => {
      expectRevision({ revision: things.policies.get(id)?.revision ?? 0 }, expectedRevisions);
      things.policies.delete(id);
      return {};
    },
  } as Partial<Methods<PolicyServiceServer>>;

  const scripts = { listScripts: async () => ({ scripts: [] }) } as Partial<Methods<ScriptServiceServer>>;
  server.offer(only(LabelServiceService, labels), labels as Methods<LabelServiceServer>);
  server.offer(only(ScriptServiceService, scripts), scripts as Methods<ScriptServiceServer>);
  server.offer(only(PolicyServiceService, policies), policies as Methods<PolicyServiceServer>);
  return things;
}

/** The part of a service that the test answers. */
export const only = <S extends object>(definition: S, methods: object): S =>
  Object.fromEntries(Object.entries(definition).filter(([name]) => name in methods)) as S;
