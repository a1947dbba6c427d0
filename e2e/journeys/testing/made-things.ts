import type { RestClient } from "./rest-client.ts";

/** Nobody answers there: a provider is asked when somebody signs in by it. */
export const ISSUER = "https://login.example.com";

/** Another one that the platform may ask. */
export const OTHER_ISSUER = "https://id.example.org";

/** Where pages show what was made, which they may do only once they have heard of it. */
export const SHOWN: Readonly<Record<string, string>> = {
  Approvals: ".devices-named a",
  "Sign-in providers": "tbody tr",
};

export const makeProvider = (api: RestClient) =>
  api.post("/api/v1/sign-in-providers", {
    name: "Example ID",
    issuer: ISSUER,
    clientId: "muster",
    clientSecret: "kept nowhere else",
    rolesOfGroups: [{ group: "it", role: "admin" }],
  });

/** Makes one of each thing that a page would else have none of to show. */
export async function makeThings(api: RestClient): Promise<void> {
  await api.post("/api/v1/campaigns", {
    name: "Restart Linux",
    type: "COMMAND_TYPE_RESTART",
    reason: "a journey",
    selection: { platforms: ["PLATFORM_LINUX"] },
  });
  await api.post("/api/v1/campaigns", {
    name: "Sold Macs",
    type: "COMMAND_TYPE_WIPE",
    reason: "they go to their buyer",
    selection: { platforms: ["PLATFORM_MACOS"] },
  });
  await makeProvider(api);
  await api.post("/api/v1/webhooks", { name: "SOC", url: "https://localhost:9/hook", enabled: false });
  await api.post("/api/v1/automated-enrollment-servers", { name: "Business Manager" });
  await api.post("/api/v1/push-certificates/requests", { appleAccount: "mdm@example.com" });
  await api.post("/api/v1/declarations", {
    name: "A passcode",
    type: "com.apple.configuration.passcode.settings",
    payload: { MinimumLength: 8 },
    enabled: true,
    selection: {},
  });
}
