import { factsOf } from "./catalogue.ts";
import { OWN_PREFIX } from "./compose-set.ts";
import { kindOf } from "./kind.ts";
import { type Findings, isRecord, lookAt, type Payload } from "./payload-key.ts";
import { isStatusItem } from "./status-items.ts";

export interface Checked {
  readonly identifier: string;
  readonly type: string;
  readonly payload: Payload;
  readonly predicate: string;
  readonly assigned: boolean;
  readonly userChannel: boolean;
}

/** In octets; devices refuse a longer one. */
const LONGEST_IDENTIFIER = 64;

/** Everything that is wrong with a declaration by itself, and everything that a device may not understand. */
export function findingsIn(declaration: Checked): Findings {
  const findings: Findings = { problems: [], warnings: [] };
  const { identifier, payload, type } = declaration;
  const { problems, warnings } = findings;
  if (!/^[A-Za-z0-9._-]+$/.test(identifier) || identifier.length > LONGEST_IDENTIFIER)
    problems.push(`identifier has to be 1 to ${LONGEST_IDENTIFIER} letters, digits, dots, dashes and underscores`);
  if (identifier.startsWith(OWN_PREFIX))
    problems.push(`identifier begins with ${OWN_PREFIX}, which is the server's own`);
  if (!isStorable(JSON.stringify(payload))) problems.push("payload holds text that is no Unicode, or U+0000");
  const facts = factsOf(type);
  if (kindOf(type) === undefined)
    problems.push("type has to begin with com.apple.activation., .configuration., .asset. or .management.");
  else if (facts === undefined) warnings.push(`type ${type} is not known here, and its payload was not looked at`);
  else if (facts.keys !== undefined) lookAt(payload, facts.keys, findings, "payload.");
  if (declaration.userChannel && facts !== undefined && facts.users !== true)
    problems.push(`user_channel: ${type} is taken over the device's own channel alone`);
  checkPredicate(declaration, findings);
  if (problems.length === 0) checkMeaning(declaration, findings);
  return findings;
}

/** A backslash of the text itself is two in its JSON. */
const isStorable = (json: string): boolean => !/(?<!\\)(?:\\\\)*\\(?:u0000|ud[89a-f])/.test(json);

function checkPredicate({ assigned, payload, predicate, type }: Checked, { problems }: Findings): void {
  const kind = kindOf(type);
  if (predicate !== "" && kind !== "configuration")
    problems.push("predicate belongs to a configuration; an activation has it in its payload");
  else if (predicate !== "" && !assigned)
    problems.push("predicate belongs to a configuration with a selection of its own");
  if (kind === "asset" && assigned)
    problems.push("selection: an asset goes where the configurations go that refer to it");
  const text = kind === "activation" ? payload["Predicate"] : predicate;
  if (typeof text === "string" && text !== "" && !isBalanced(text))
    problems.push(`${kind === "activation" ? "payload.Predicate" : "predicate"} has a parenthesis or a quote too many`);
}

/** Only devices know the whole language; what they could never read is found here. */
function isBalanced(predicate: string): boolean {
  let depth = 0;
  let quote = "";
  for (const character of predicate) {
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === "(") depth += 1;
    else if (character === ")") depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0 && quote === "";
}

function checkMeaning({ payload, type }: Checked, { problems, warnings }: Findings): void {
  switch (type) {
    case "com.apple.configuration.softwareupdate.enforcement.specific": {
      const { DetailsURL, TargetLocalDateTime, TargetOSVersion } = payload;
      if (!/^\d+(\.\d+){0,3}$/.test(String(TargetOSVersion)))
        problems.push("payload.TargetOSVersion has to be a version such as 18.1");
      if (!isLocalTime(String(TargetLocalDateTime)))
        problems.push("payload.TargetLocalDateTime has to be a local time without a zone, such as 2026-11-30T18:00:00");
      if (typeof DetailsURL === "string" && !DetailsURL.startsWith("https://"))
        problems.push("payload.DetailsURL has to begin with https://");
      return;
    }
    case "com.apple.configuration.management.status-subscriptions":
      for (const [index, item] of (payload["StatusItems"] as unknown[]).entries())
        if (isRecord(item) && !isStatusItem(String(item["Name"])))
          warnings.push(`payload.StatusItems[${index}].Name: ${String(item["Name"])} is no status item known here`);
      return;
    default:
  }
}

function isLocalTime(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return false;
  const time = new Date(`${text}Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}
