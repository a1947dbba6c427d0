import { count, type JsonObject, type Kind, type Reference } from "../kind.ts";
import { isObject } from "../read-spec.ts";

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
  references: [SELECTED_LABELS, { path: "remediationScriptId", as: "remediationScript", kind: "Script" }],
  devices: ({ passCount, failCount, unknownCount, staleCount }) =>
    count(passCount) + count(failCount) + count(unknownCount) + count(staleCount),
};

export const PROFILE: Kind = {
  kind: "Profile",
  service: "muster.policy.v1.ProfileService",
  methods: {
    list: "ListProfiles",
    check: "CheckProfile",
    create: "CreateProfile",
    update: "UpdateProfile",
    remove: "DeleteProfile",
    content: "GetProfileContent",
  },
  fields: ["description", "content", "selection", "userChannel"],
  required: ["content"],
  references: [SELECTED_LABELS],
  evidence: ["revision"],
  devices: channels,
};

export const DECLARATION: Kind = {
  kind: "Declaration",
  service: "muster.policy.v1.DeclarationService",
  methods: {
    list: "ListDeclarations",
    check: "CheckDeclaration",
    create: "CreateDeclaration",
    update: "UpdateDeclaration",
    remove: "DeleteDeclaration",
  },
  fields: [
    "description",
    "identifier",
    "type",
    "payload",
    "softwareUpdate",
    "statusItems",
    "content",
    "contentType",
    "selection",
    "userChannel",
    "predicate",
    "enabled",
  ],
  defaults: { enabled: true },
  fixed: ["identifier", "type"],
  references: [SELECTED_LABELS],
  evidence: ["contentSha256"],
  devices: channels,
  isLost: ({ contentSha256 }) => contentSha256 !== "" && contentSha256 !== undefined,
  rank: ({ type }) => {
    if (typeof type !== "string") return 1;
    return type.startsWith("com.apple.asset.") ? 0 : type.startsWith("com.apple.activation.") ? 2 : 1;
  },
};

/** The channels that have one, in whatever state. */
function channels({ counts }: JsonObject): number {
  return isObject(counts) ? Object.values(counts).reduce<number>((sum, each) => sum + count(each), 0) : 0;
}
