import {
  type PushCertificate as Message,
  PushCertificateState,
} from "@muster/contracts/gen/muster/command/v1/push_certificate";
import type { PushCertificateServiceServer } from "@muster/contracts/gen/muster/command/v1/push_service";
import type { Methods } from "@muster/rpc/server";
import { type PushCertificate, type PushCertificateState as State, stateOf } from "../domain/push/push-certificate.ts";
import { refuse } from "../domain/refusals.ts";
import { listPushCertificates } from "../storage/push-certificates.ts";
import { type PushCertificateDeps, requestCertificate, uploadCertificate } from "../usecases/push/push-certificates.ts";

export interface PushMethodsDeps extends PushCertificateDeps {
  /** A request as a vendor signed it; empty when this platform has no vendor's key. */
  readonly vendorSigned: (signingRequest: string) => string;
}

const STATES: Readonly<Record<State, PushCertificateState>> = {
  requested: PushCertificateState.PUSH_CERTIFICATE_STATE_REQUESTED,
  current: PushCertificateState.PUSH_CERTIFICATE_STATE_CURRENT,
  earlier: PushCertificateState.PUSH_CERTIFICATE_STATE_EARLIER,
  expired: PushCertificateState.PUSH_CERTIFICATE_STATE_EXPIRED,
};

/** PushCertificateService as the contract describes it. */
export function pushCertificateMethods(deps: PushMethodsDeps): Methods<PushCertificateServiceServer> {
  const { database, now, vendorSigned } = deps;
  const request = requestCertificate(deps);
  const upload = uploadCertificate(deps);
  const list = (tenant: string) => database.tenant(tenant, (work) => listPushCertificates(work.sql, tenant));
  const messageOf = (certificate: PushCertificate) => message(certificate, now(), vendorSigned);
  return {
    createSigningRequest: async ({ appleAccount }, caller) => ({
      certificate: messageOf(await request(appleAccount, caller)),
    }),
    uploadPushCertificate: async (uploaded, caller) => ({ certificate: messageOf(await upload(uploaded, caller)) }),
    getPushCertificate: async ({ id }, { tenant }) => {
      const found = (await list(tenant)).find((each) => each.id === id.toLowerCase());
      if (found === undefined) throw refuse("push.certificate_unknown", `there is no push certificate ${id}`);
      return { certificate: messageOf(found) };
    },
    listPushCertificates: async (_request, { tenant }) => ({ certificates: (await list(tenant)).map(messageOf) }),
  };
}

function message(certificate: PushCertificate, now: Date, vendorSigned: PushMethodsDeps["vendorSigned"]): Message {
  const { issued, signingRequest } = certificate;
  return {
    id: certificate.id,
    state: STATES[stateOf(certificate, now)],
    topic: issued?.topic ?? "",
    appleAccount: certificate.appleAccount,
    signingRequest,
    vendorSignedRequest: signingRequest === "" ? "" : vendorSigned(signingRequest),
    certificate: issued?.certificate ?? "",
    serialNumber: issued?.serialNumber ?? "",
    notBefore: issued?.notBefore,
    notAfter: issued?.notAfter,
    createdBy: certificate.createdBy,
    createdAt: certificate.createdAt,
    uploadedBy: issued?.uploadedBy ?? "",
    uploadedAt: issued?.uploadedAt,
    stoppedReason: certificate.stoppedReason,
    stoppedAt: certificate.stoppedAt,
  };
}
