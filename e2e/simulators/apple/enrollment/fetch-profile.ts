import type { DeviceParts } from "../device-parts.ts";
import type { DoorAnswer } from "../wire/apple-door.ts";
import { errorCodeOf } from "../wire/mdm-connection.ts";

export const PROFILE_TYPE = "application/x-apple-aspen-config";

/** The server gave no enrollment profile. */
export class EnrollmentRefused extends Error {
  readonly status: number;
  readonly code: string;
  readonly answer: DoorAnswer;

  constructor(url: string, answer: DoorAnswer) {
    const code = errorCodeOf(answer);
    super(`${url} answered ${answer.status} ${code}`.trimEnd());
    this.status = answer.status;
    this.code = code;
    this.answer = answer;
  }
}

/** The profile in an answer. @throws EnrollmentRefused */
export const profileIn = ({ ledger }: DeviceParts, url: string, answer: DoorAnswer): Buffer => {
  if (answer.status !== 200) {
    const refusal = new EnrollmentRefused(url, answer);
    ledger.add({ kind: "refused", path: new URL(url).pathname, status: refusal.status, code: refusal.code });
    throw refusal;
  }
  if (!answer.contentType.startsWith(PROFILE_TYPE))
    throw new Error(`${url} answered with ${answer.contentType}, not with a profile`);
  return answer.body;
};

/** What a person gets who opens the address in a browser. */
export const fetchProfile = async (parts: DeviceParts, url: string): Promise<Buffer> =>
  profileIn(parts, url, await parts.door.send({ method: "GET", url }));
