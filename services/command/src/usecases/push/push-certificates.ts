import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { readDer } from "@muster/apple-protocol/der/read-der";
import { readName } from "@muster/apple-protocol/x509/names";
import { readCertificate } from "@muster/apple-protocol/x509/read-certificate";
import type { Caller } from "@muster/rpc/caller";
import {
  daysLeft,
  dueWarning,
  type IssuedCertificate,
  isManagementTopic,
  type PushCertificate,
  WARNED_DAYS,
} from "../../domain/push/push-certificate.ts";
import { refuse } from "../../domain/refusals.ts";
import {
  insertPushCertificate,
  listPushCertificates,
  lockEnding,
  lockPushCertificates,
  noteWarning,
  savePushCertificate,
} from "../../storage/push-certificates.ts";
import { hurryDues, oweForOpen } from "../../storage/push-dues.ts";
import type { Database } from "../ports.ts";

export interface PushCertificateDeps {
  readonly database: Database;
  readonly now: () => Date;
  readonly newId: () => string;
  /** Seals the key of a certificate, PEM. */
  readonly sealKey: (tenant: string, id: string, key: string) => Buffer;
  readonly newKey: () => Promise<KeyObject>;
  /** The request for a key's certificate, PEM. */
  readonly writeRequest: (key: KeyObject, tenant: string) => string;
}

const pemOf = (key: KeyObject): string => key.export({ format: "pem", type: "pkcs8" }) as string;
const publicOf = (key: KeyObject): Buffer => createPublicKey(key).export({ format: "der", type: "spki" });

/** An Apple Account is an email address or a phone number. */
const MAX_ACCOUNT_LENGTH = 320;

const refuseLongAccount = (appleAccount: string): void => {
  if (appleAccount.length <= MAX_ACCOUNT_LENGTH) return;
  throw refuse("push.bad_account", `an Apple Account has at most ${MAX_ACCOUNT_LENGTH} characters`);
};

/** Makes a key and the request for its certificate; a request that waits already is answered again. */
export const requestCertificate =
  (deps: PushCertificateDeps) =>
  async (appleAccount: string, { actor, tenant }: Caller): Promise<PushCertificate> => {
    const { database, newId, now, sealKey } = deps;
    refuseLongAccount(appleAccount);
    const waiting = (known: readonly PushCertificate[]) => known.find(({ issued }) => issued === undefined);
    const before = waiting(await database.tenant(tenant, (work) => listPushCertificates(work.sql, tenant)));
    if (before !== undefined) return before;
    const [id, key] = [newId(), await deps.newKey()];
    return database.tenant(tenant, async (work) => {
      const raced = waiting(await lockPushCertificates(work.sql, tenant));
      if (raced !== undefined) return raced;
      const entry = {
        tenant,
        id,
        appleAccount,
        signingRequest: deps.writeRequest(key, tenant),
        createdBy: actor,
        createdAt: now(),
      };
      await insertPushCertificate(work.sql, {
        ...entry,
        sealedKey: sealKey(tenant, id, pemOf(key)),
        publicKey: publicOf(key),
      });
      return { ...entry, issued: undefined, isCurrent: false, stoppedReason: "", stoppedAt: undefined };
    });
  };

interface Uploaded {
  readonly certificate: string;
  /** PEM; empty when the key was made here. */
  readonly key: string;
  readonly replace: boolean;
  readonly appleAccount: string;
}

/** Takes a certificate that Apple issued. From now on it wakes the devices of its topic. */
export const uploadCertificate =
  ({ database, newId, now, sealKey }: PushCertificateDeps) =>
  async (uploaded: Uploaded, { actor, tenant }: Caller): Promise<PushCertificate> => {
    const at = now();
    refuseLongAccount(uploaded.appleAccount);
    const { issued, publicKey } = readUploaded(uploaded, actor, at);
    const key = uploaded.key === "" ? undefined : readKey(uploaded.key, publicKey);
    return database.tenant(tenant, async (work) => {
      const known = await lockPushCertificates(work.sql, tenant);
      const own = known.find((each) => each.publicKey.equals(publicKey));
      if (own === undefined && key === undefined)
        throw refuse(
          "push.key_unknown",
          "the certificate is for a key that was not made here: upload it with its key, or ask Apple for one with our request",
        );
      const current = known.find(({ isCurrent }) => isCurrent)?.issued;
      if (current !== undefined && current.topic !== issued.topic && !uploaded.replace)
        throw refuse(
          "push.topic_differs",
          `the certificate is for ${issued.topic}, the present one for ${current.topic}: devices of the present one would be lost when it ends. Renew with the same Apple Account, or say replace`,
        );
      const id = own?.id ?? newId();
      if (own === undefined && key !== undefined)
        await insertPushCertificate(work.sql, {
          tenant,
          id,
          appleAccount: uploaded.appleAccount,
          signingRequest: "",
          createdBy: actor,
          createdAt: at,
          sealedKey: sealKey(tenant, id, pemOf(key)),
          publicKey,
        });
      const appleAccount = uploaded.appleAccount || (own?.appleAccount ?? "");
      await savePushCertificate(work.sql, { tenant, id, appleAccount }, issued);
      await hurryDues(work.sql, tenant, at);
      await oweForOpen(work.sql, tenant, at);
      work.emit({
        type: "muster.command.v1.PushCertificateChanged",
        actor,
        data: { certificateId: id, topic: issued.topic, notAfter: issued.notAfter, uploadedAt: at },
      });
      const { createdAt = at, createdBy = actor, signingRequest = "" } = own ?? {};
      const entry = { tenant, id, appleAccount, signingRequest, createdBy, createdAt, issued };
      return { ...entry, isCurrent: true, stoppedReason: "", stoppedAt: undefined };
    });
  };

/** Reads Apple's certificate: the topic is the UID in its subject (RFC 4519 §2.39). */
function readUploaded({ certificate }: Uploaded, uploadedBy: string, uploadedAt: Date) {
  let parsed: X509Certificate;
  let topic: string;
  try {
    parsed = new X509Certificate(certificate);
    // The subject as it stands, read by its types: names that are written out can be made to look like others.
    const { subject } = readCertificate(parsed.raw);
    topic = readName(readDer(subject)).get("UID") ?? "";
  } catch (error) {
    throw refuse("push.certificate_unreadable", "certificate is no PEM of an X.509 certificate", { cause: error });
  }
  if (!isManagementTopic(topic))
    throw refuse(
      "push.not_for_management",
      "the certificate is not for device management: its UID does not begin with com.apple.mgmt.",
    );
  const [notBefore, notAfter] = [parsed.validFromDate, parsed.validToDate];
  if (notAfter <= uploadedAt || notBefore > uploadedAt)
    throw refuse(
      "push.certificate_expired",
      `the certificate is good from ${parsed.validFrom} to ${parsed.validTo} only`,
    );
  const issued: IssuedCertificate = {
    certificate: parsed.toString(),
    topic,
    serialNumber: parsed.serialNumber,
    notBefore,
    notAfter,
    uploadedBy,
    uploadedAt,
  };
  return { issued, publicKey: parsed.publicKey.export({ format: "der", type: "spki" }) };
}

function readKey(pem: string, publicKey: Buffer): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw refuse("push.certificate_unreadable", "key is no PEM of a private key without a password", { cause: error });
  }
  if (!publicOf(key).equals(publicKey)) throw refuse("push.key_unknown", "the key is not the certificate's");
  return key;
}

const DAY_MS = 86_400_000;

/** Warns of certificates that end soon, each time once. */
export const warnOfEnds =
  ({ database, now }: Pick<PushCertificateDeps, "database" | "now">) =>
  (): Promise<void> =>
    database.system(async (work) => {
      const at = now();
      const ending = await lockEnding(work.sql, new Date(at.getTime() + WARNED_DAYS[0] * DAY_MS));
      for (const { appleAccount, id, issued, tenant, warnedDays } of ending) {
        const due = issued && dueWarning(issued.notAfter, warnedDays, at);
        if (issued === undefined || due === undefined) continue;
        await noteWarning(work.sql, { tenant, id }, due);
        const { notAfter, topic } = issued;
        const data = { certificateId: id, topic, notAfter, daysLeft: daysLeft(notAfter, at), appleAccount };
        work.emit({ type: "muster.command.v1.PushCertificateExpiring", tenant, data });
      }
    });
