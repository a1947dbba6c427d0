/** What became of one push. */
export type PushOutcome =
  | { readonly kind: "taken" }
  /** Apple's push service said no; the reason is one of Apple's words. */
  | { readonly kind: "refused"; readonly status: number; readonly reason: string }
  /** Nobody answered, or not in time. */
  | { readonly kind: "unanswered"; readonly reason: string }
  /** The certificate was turned away before anything was asked. */
  | { readonly kind: "turned_away"; readonly reason: string };

export type Verdict =
  | "taken"
  /** Nobody has this token any more, or it is not of this topic: only a new token helps. */
  | "dead_token"
  /** The certificate or its topic is not believed: no device of the topic can be woken. */
  | "topic_stopped"
  | "later"
  /** What was sent is wrong, and would be wrong again. */
  | "given_up";

const DEAD_TOKEN = new Set(["BadDeviceToken", "DeviceTokenNotForTopic", "MissingDeviceToken"]);
const TOPIC = new Set(["BadTopic", "MissingTopic", "TopicDisallowed"]);

/** What follows from an outcome (Apple, "Handling notification responses from APNs"). */
export function verdictOn(outcome: PushOutcome): Verdict {
  switch (outcome.kind) {
    case "taken":
      return "taken";
    case "turned_away":
      return "topic_stopped";
    case "unanswered":
      return "later";
    case "refused":
      return verdictOnRefusal(outcome.status, outcome.reason);
    default:
      return outcome satisfies never;
  }
}

function verdictOnRefusal(status: number, reason: string): Verdict {
  if (status === 410 || DEAD_TOKEN.has(reason)) return "dead_token";
  if (status === 403 || TOPIC.has(reason)) return "topic_stopped";
  if (status === 429 || status >= 500 || reason === "IdleTimeout") return "later";
  return "given_up";
}

/** Whether an outcome says that the push service itself is in trouble, whoever is pushed. */
export const isTrouble = (outcome: PushOutcome): boolean =>
  outcome.kind === "unanswered" || (outcome.kind === "refused" && outcome.status >= 500);
