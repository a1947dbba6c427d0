import type { Webhook } from "@muster/contracts/gen/muster/notification/v1/webhook";
import { refuse } from "./refusals.ts";
import { likePatternOf } from "./type-pattern.ts";

/** What a person decides about a webhook. */
export interface WebhookDraft {
  readonly name: string;
  readonly url: string;
  readonly typePatterns: readonly string[];
  readonly labelIds: readonly string[];
  readonly enabled: boolean;
}

const MAX_NAME = 200;
const MAX_URL = 2_048;

/** What was asked for; refused with the first thing that is wrong. Whether the address may be reached is asked elsewhere. */
export function draftOf(asked: Webhook | undefined): WebhookDraft {
  if (asked === undefined) throw refuse("webhook.missing", "the request carries no webhook");
  const name = asked.name.trim();
  if (name === "" || name.length > MAX_NAME) throw refuse("webhook.bad_name", `name has 1 to ${MAX_NAME} characters`);
  return {
    name,
    url: checkUrl(asked.url),
    typePatterns: [...new Set(asked.eventTypes.map(likePatternOf))],
    labelIds: [...new Set(asked.labelIds)],
    enabled: asked.enabled,
  };
}

function checkUrl(raw: string): string {
  const url = URL.parse(raw.trim());
  if (url === null || !["https:", "http:"].includes(url.protocol) || raw.length > MAX_URL) {
    throw refuse("webhook.bad_url", "url is an address such as https://siem.example/muster");
  }
  if (url.username !== "" || url.password !== "") {
    throw refuse("webhook.bad_url", "url carries a password: receivers know Muster by the signature instead");
  }
  url.hash = "";
  return url.href;
}
