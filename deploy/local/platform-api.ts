/** What the launcher asks of the public REST API, as the administrator. */
export interface PlatformApi {
  /** A shared secret for osquery and fleetd hosts; readable this once. */
  createEnrollSecret(name: string): Promise<string>;
  /** A token that lets so many devices enroll, one after the other or at once. */
  createEnrollmentToken(name: string, maxUses: number): Promise<string>;
  policyNames(): Promise<ReadonlySet<string>>;
  createPolicy(policy: NewPolicy): Promise<void>;
  /** Whether the tenant may push to Apple devices. */
  hasPushCertificate(): Promise<boolean>;
  /** What Apple is asked to sign, PEM. */
  requestPushCertificate(appleAccount: string): Promise<string>;
  uploadPushCertificate(certificate: string): Promise<void>;
}

export interface NewPolicy {
  readonly name: string;
  readonly description: string;
  /** One SQL statement: at least one row means pass. */
  readonly query: string;
  readonly selection: { readonly platforms: readonly `PLATFORM_${"LINUX" | "MACOS" | "WINDOWS"}`[] };
  readonly severity: `SEVERITY_${"LOW" | "MEDIUM" | "HIGH" | "CRITICAL"}`;
  readonly resolution: string;
  readonly enabled: boolean;
}

const ANSWER_WITHIN_MS = 15_000;

export function platformApi(gatewayUrl: string, token: string): PlatformApi {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(new URL(path, gatewayUrl), {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  };
  const ownership = "OWNERSHIP_CORPORATE";
  return {
    createEnrollSecret: async (name) =>
      (await call<{ secret: string }>("POST", "/api/v1/enroll-secrets", { name, ownership })).secret,
    createEnrollmentToken: async (name, maxUses) =>
      (await call<{ token: string }>("POST", "/api/v1/enrollment-tokens", { name, maxUses, ownership })).token,
    policyNames: async () => {
      const { policies } = await call<{ policies: { name: string }[] }>("GET", "/api/v1/policies");
      return new Set(policies.map(({ name }) => name));
    },
    createPolicy: async (policy) => {
      await call("POST", "/api/v1/policies", policy);
    },
    hasPushCertificate: async () => {
      const path = "/api/v1/push-certificates";
      const { certificates } = await call<{ certificates: { state: string }[] }>("GET", path);
      return certificates.some(({ state }) => state === "PUSH_CERTIFICATE_STATE_CURRENT");
    },
    requestPushCertificate: async (appleAccount) =>
      (await call<{ signingRequest: string }>("POST", "/api/v1/push-certificates/requests", { appleAccount }))
        .signingRequest,
    uploadPushCertificate: async (certificate) => {
      await call("POST", "/api/v1/push-certificates", { certificate });
    },
  };
}
