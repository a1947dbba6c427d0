import type { PolicyServiceServer } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import type { Methods } from "@muster/rpc/server";
import { draftOf } from "../domain/policy.ts";
import { listComplianceHistory } from "../storage/compliance-history.ts";
import { allStanding, standingSo } from "../storage/find-by-compliance.ts";
import { countVerdicts, findPolicy, listPolicies } from "../storage/policies.ts";
import { listOfDevice, listOfPolicy } from "../storage/verdict-lists.ts";
import { policyOf, verdictOf } from "../usecases/policy-message.ts";
import { createPolicy, removePolicy, updatePolicy, type WriteDeps } from "../usecases/write-policy.ts";

const NEW = { id: "", revision: 0, questionRevision: 0, createdAt: new Date(0), updatedAt: new Date(0) };

export function policyMethods(deps: WriteDeps): Methods<PolicyServiceServer> {
  const { database } = deps;
  const [create, update, remove] = [createPolicy(deps), updatePolicy(deps), removePolicy(deps)];
  return {
    createPolicy: async ({ policy }, caller) => ({ policy: await create(caller, policy) }),
    updatePolicy: async ({ id, policy, expectedRevisions }, caller) => ({
      policy: await update(caller, id, policy, expectedRevisions),
    }),
    checkPolicy: async ({ id, policy }, { tenant }) => {
      const held = id === "" ? undefined : await database.tenant(tenant, ({ sql }) => findPolicy(sql, tenant, id));
      return { policy: policyOf({ ...NEW, ...held, ...draftOf(policy) }) };
    },
    deletePolicy: async ({ id, expectedRevisions }, caller) => {
      await remove(caller, id, expectedRevisions);
      return {};
    },
    getPolicy: ({ id }, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        const policy = await findPolicy(sql, tenant, id);
        const counts = await countVerdicts(sql, tenant, [id]);
        return { policy: policyOf(policy, counts(policy.id)) };
      }),
    listPolicies: (_request, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        const policies = await listPolicies(sql, tenant);
        const counts = await countVerdicts(
          sql,
          tenant,
          policies.map(({ id }) => id),
        );
        return { policies: policies.map((policy) => policyOf(policy, counts(policy.id))) };
      }),
    listComplianceHistory: (request, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => ({
        history: await listComplianceHistory(sql, tenant, request, deps.now()),
      })),
    listPolicyVerdicts: (request, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        await findPolicy(sql, tenant, request.policyId);
        const page = await listOfPolicy(sql, tenant, request);
        return { verdicts: page.verdicts.map(verdictOf), nextPageToken: page.nextPageToken };
      }),
    findByCompliance: ({ compliance, deviceIds, atMost, includeUnenrolled }, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => {
        if (deviceIds.length > 0)
          return { deviceIds: await standingSo(sql, tenant, compliance, deviceIds), tooMany: false };
        const all = await allStanding(sql, tenant, { compliance, atMost, includeUnenrolled });
        return { deviceIds: all ?? [], tooMany: all === undefined };
      }),
    listDeviceVerdicts: ({ deviceId }, { tenant }) =>
      database.tenant(tenant, async ({ sql }) => ({
        verdicts: (await listOfDevice(sql, tenant, deviceId)).map(verdictOf),
      })),
  };
}
