const CORE = "urn:ietf:params:scim:schemas:core:2.0";

/** What this door can do (RFC 7643 §5). */
export const serviceProviderConfig = (base: string) => ({
  schemas: [`${CORE}:ServiceProviderConfig`],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 200 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: "oauthbearertoken",
      name: "Bearer token",
      description: "The SCIM token of a sign-in provider",
      primary: true,
    },
  ],
  meta: { resourceType: "ServiceProviderConfig", location: `${base}/ServiceProviderConfig` },
});

/** RFC 7643 §6. */
export const resourceTypes = (base: string) =>
  ["User", "Group"].map((name) => ({
    schemas: [`${CORE}:ResourceType`],
    id: name,
    name,
    endpoint: `/${name}s`,
    schema: `${CORE}:${name}`,
    meta: { resourceType: "ResourceType", location: `${base}/ResourceTypes/${name}` },
  }));

interface Attribute {
  readonly type?: string;
  readonly required?: boolean;
  readonly caseExact?: boolean;
  readonly mutability?: string;
  readonly uniqueness?: string;
  readonly multiValued?: boolean;
  readonly subAttributes?: readonly object[];
}

const described = (name: string, { type = "string", ...more }: Attribute = {}) => ({
  name,
  type,
  multiValued: false,
  required: false,
  mutability: "readWrite",
  returned: "default",
  ...(type === "string" && { caseExact: false, uniqueness: "none" }),
  ...more,
});

/** The attributes that are kept; what else is sent is passed over (RFC 7643 §7). */
export const schemas = (base: string) =>
  [
    {
      id: `${CORE}:User`,
      name: "User",
      attributes: [
        described("userName", { required: true, uniqueness: "server" }),
        described("externalId", { caseExact: true }),
        described("displayName"),
        described("name", { type: "complex", subAttributes: [described("formatted")] }),
        described("active", { type: "boolean" }),
        described("emails", {
          type: "complex",
          multiValued: true,
          subAttributes: [described("value"), described("type"), described("primary", { type: "boolean" })],
        }),
      ],
    },
    {
      id: `${CORE}:Group`,
      name: "Group",
      attributes: [
        described("displayName", { required: true, uniqueness: "server" }),
        described("externalId", { caseExact: true }),
        described("members", { type: "complex", multiValued: true, subAttributes: [described("value")] }),
      ],
    },
  ].map((schema) => ({
    schemas: [`${CORE}:Schema`],
    ...schema,
    meta: { resourceType: "Schema", location: `${base}/Schemas/${schema.id}` },
  }));
