import { isMapping, mapping, type Place, type Translation, text, type Yaml } from "./translation.ts";

/** Which of Fleet's webhooks there is an event for. */
const WEBHOOKS = {
  activities_webhook: { enable: "enable_activities_webhook", eventTypes: ["muster.gateway.v1.ActionTaken"] },
  failing_policies_webhook: {
    enable: "enable_failing_policies_webhook",
    eventTypes: ["muster.policy.v1.ComplianceChanged"],
  },
} as const;

/** Enrollment secrets and webhooks of a team or of all. */
export function translateSettings(settings: Yaml, translation: Translation, place: Place): void {
  translation.rest(place, settings, ["secrets", "webhook_settings"]);
  const secrets = Array.isArray(settings["secrets"]) ? settings["secrets"] : [];
  secrets.forEach((each: unknown, index) => {
    const secret = isMapping(each) ? each["secret"] : each;
    const at = { ...place, path: `${place.path}.secrets.${index}` };
    const variable = /^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$/.exec(text(secret))?.[1];
    if (variable === undefined)
      return translation.remark(at, "left out: a secret stands in the file; put it into a variable and refer to it");
    if (place.team !== undefined)
      translation.remark(at, `a secret puts no device into a team: give devices the label "${place.team}"`);
    const spec = { ownership: "corporate", secret: { secretRef: { env: variable } } };
    translation.add({ kind: "EnrollSecret", name: `${place.team ?? "all"} ${index + 1}`, spec }, at);
  });
  const webhooks = mapping(settings["webhook_settings"]);
  const at = { ...place, path: `${place.path}.webhook_settings` };
  translation.rest(at, webhooks, Object.keys(WEBHOOKS));
  for (const [key, { enable, eventTypes }] of Object.entries(WEBHOOKS)) {
    const webhook = mapping(webhooks[key]);
    const url = text(webhook["destination_url"]);
    if (url === "") continue;
    if (url.startsWith("$")) {
      translation.remark({ ...at, path: `${at.path}.${key}` }, "left out: its address stands in a variable");
      continue;
    }
    const spec = {
      url,
      eventTypes: [...eventTypes],
      ...(place.team !== undefined && { labels: [place.team] }),
      ...(webhook[enable] !== true && { enabled: false }),
    };
    const name = [place.team, key.replaceAll("_", " ")].filter((part) => part !== undefined).join(" ");
    translation.add({ kind: "Webhook", name, spec }, at);
    translation.remark(
      { ...at, path: `${at.path}.${key}` },
      "its receiver gets other bodies: events of Muster, signed",
    );
  }
}
