import { ROLES } from "../../roles.ts";
import { GROUPS_CLAIM, SCOPES } from "../../sign-in-provider.ts";
import type { Kind } from "../kind.ts";

export const ROLE: Kind = {
  kind: "Role",
  service: "muster.gateway.v1.IdentityService",
  methods: {
    list: "ListRoles",
    check: "CheckRole",
    create: "CreateRole",
    update: "UpdateRole",
    remove: "DeleteRole",
  },
  key: "name",
  fields: ["description", "actions", "labelIds"],
  // Where they are left out of a change they stay.
  defaults: { description: "" },
  references: [{ path: "labelIds", as: "labels", kind: "Label" }],
  isLive: ({ builtIn }) => builtIn !== true,
  standing: ROLES,
  isLost: () => false,
};

export const SIGN_IN_PROVIDER: Kind = {
  kind: "SignInProvider",
  service: "muster.gateway.v1.SignInProviderService",
  methods: {
    list: "ListSignInProviders",
    check: "CheckSignInProvider",
    create: "CreateSignInProvider",
    update: "UpdateSignInProvider",
    remove: "DeleteSignInProvider",
  },
  fields: ["issuer", "clientId", "clientSecret", "scopes", "groupsClaim", "rolesOfGroups"],
  defaults: { scopes: [...SCOPES], groupsClaim: GROUPS_CLAIM },
  fixed: ["issuer"],
  references: [{ path: "rolesOfGroups.role", as: "role", kind: "Role" }],
  // The people that came by it are removed with it.
  isLost: () => true,
};
