import { count, type Kind, type Reference } from "../kind.ts";

const SELECTED_LABELS: Reference = { path: "selection.labelIds", as: "labels", kind: "Label" };

export const POLICY: Kind = {
  kind: "Policy",
  service: "muster.policy.v1.PolicyService",
  methods: {
    list: "ListPolicies",
    check: "CheckPolicy",
    create: "CreatePolicy",
    update: "UpdatePolicy",
    remove: "DeletePolicy",
  },
  fields: [
    "description",
    "query",
    "selection",
    "severity",
    "resolution",
    "intervalSeconds",
    "remediationScriptId",
    "enabled",
  ],
  defaults: { enabled: true },
  references: [SELECTED_LABELS],
  devices: ({ passCount, failCount, unknownCount, staleCount }) =>
    count(passCount) + count(failCount) + count(unknownCount) + count(staleCount),
};
