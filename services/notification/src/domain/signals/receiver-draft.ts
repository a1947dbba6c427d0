import { SignalDialect, type SignalReceiver } from "@muster/contracts/gen/muster/notification/v1/signal";
import { refuse } from "../refusals.ts";
import type { Dialect } from "./security-event.ts";

export interface ReceiverDraft {
  readonly name: string;
  readonly dialect: Dialect;
  /** Empty means its id. */
  readonly audience: string;
}

const LONGEST = 200;
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}$/;

export function receiverDraft(asked: SignalReceiver | undefined): ReceiverDraft {
  const name = asked?.name.trim() ?? "";
  const audience = asked?.audience.trim() ?? "";
  if (asked === undefined || name === "" || name.length > LONGEST) {
    throw refuse("signal.bad_receiver", `name has 1 to ${LONGEST} characters`);
  }
  const dialect = asked.dialect === SignalDialect.SIGNAL_DIALECT_OKTA ? "okta" : "ssf";
  if (audience.length > LONGEST) throw refuse("signal.bad_receiver", `audience has at most ${LONGEST} characters`);
  if (dialect === "okta" && audience === "") {
    throw refuse(
      "signal.bad_receiver",
      "audience is the address of the Okta organization, such as https://acme.okta.com",
    );
  }
  return { name, dialect, audience };
}

/** A person's address as identity providers compare it; empty for nobody. */
export function personOf(raw: string): string {
  const email = raw.trim().toLowerCase();
  if (email !== "" && !EMAIL.test(email)) throw refuse("signal.bad_person", `"${raw}" is not an email address`);
  return email;
}
