import type { Kind } from "./kind.ts";
import { AUTOMATED_PROFILE, AUTOMATED_SERVER } from "./kinds/automated-kinds.ts";
import { SCRIPT } from "./kinds/command-kinds.ts";
import { ACCOUNT_SIGN_IN, APPLE_IDENTITY, ENROLL_SECRET, ENROLLMENT_TOKEN } from "./kinds/enrollment-kinds.ts";
import { LABEL, OSQUERY_CONFIG } from "./kinds/inventory-kinds.ts";
import { SIGNAL_RECEIVER, SINK, SUBSCRIBER, WEBHOOK } from "./kinds/notification-kinds.ts";
import { ROLE, SIGN_IN_PROVIDER } from "./kinds/people-kinds.ts";
import { DECLARATION, POLICY, PROFILE } from "./kinds/policy-kinds.ts";

/** Everything that documents may describe, in the order in which it is made: what others refer to comes first. */
export const KINDS: readonly Kind[] = [
  LABEL,
  SCRIPT,
  ROLE,
  SIGN_IN_PROVIDER,
  ENROLL_SECRET,
  ENROLLMENT_TOKEN,
  ACCOUNT_SIGN_IN,
  APPLE_IDENTITY,
  AUTOMATED_PROFILE,
  AUTOMATED_SERVER,
  OSQUERY_CONFIG,
  POLICY,
  PROFILE,
  DECLARATION,
  WEBHOOK,
  SINK,
  SUBSCRIBER,
  SIGNAL_RECEIVER,
];

export const kindNamed = (name: string): Kind | undefined => KINDS.find(({ kind }) => kind === name);
