import {
  type AppleDeviceServiceServer,
  AppleDeviceServiceService,
  type EscrowSecretRequest,
} from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import {
  type SecretServiceServer,
  SecretServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/secret_service";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import { GrpcServer, type Methods } from "@muster/rpc/server";
import { SERVICE_TOKEN } from "./command-process.ts";

export interface EscrowAnswers {
  readonly address: string;
  /** Secrets in escrow, by device and kind. */
  readonly held: Map<string, string>;
  /** What was given into escrow. */
  readonly taken: EscrowSecretRequest[];
  readonly certificate: Buffer;
  /** Says no to all that is given, until it is told otherwise. */
  away: boolean;
  stop(): Promise<void>;
}

const value = { id: "", escrowedAt: undefined, lastReadAt: undefined, provenAt: undefined, endedAt: undefined };

/** Answers for enrollment's escrow over the wire. */
export async function startEscrowAnswers(): Promise<EscrowAnswers> {
  const lifecycle = new Lifecycle(createLogger("test", "silent"));
  const server = new GrpcServer({
    port: 0,
    serviceToken: SERVICE_TOKEN,
    log: createLogger("test", "silent"),
    lifecycle,
  });
  const nothing = () => Promise.reject(new Refusal("test.unasked", "unavailable", "nobody answers this here"));
  const nobody = (definition: object) => Object.fromEntries(Object.keys(definition).map((name) => [name, nothing]));
  const answers: EscrowAnswers = {
    address: "",
    held: new Map(),
    taken: [],
    certificate: Buffer.from("a certificate"),
    away: false,
    stop: () => lifecycle.stop(),
  };
  server.offer<AppleDeviceServiceServer>(AppleDeviceServiceService, {
    ...(nobody(AppleDeviceServiceService) as unknown as Methods<AppleDeviceServiceServer>),
    escrowSecret: async (request) => {
      if (answers.away) throw new Refusal("test.away", "unavailable", "come again");
      answers.taken.push(request);
      return { secret: undefined };
    },
    makeSecret: async ({ commandId, deviceId, kind }) => ({
      secret: { ...value, deviceId, kind, commandId, value: `made for ${commandId}` },
    }),
    revealSecret: async ({ deviceId, kind }) => {
      const held = answers.held.get(`${deviceId}/${kind}`);
      if (held === undefined) throw new Refusal("enrollment.secret_not_escrowed", "not_found", "there is none");
      return { secret: { ...value, deviceId, kind, commandId: "", value: held } };
    },
    issueReturnProfile: async () => ({ profile: Buffer.from("a profile") }),
  });
  server.offer<SecretServiceServer>(SecretServiceService, {
    ...(nobody(SecretServiceService) as unknown as Methods<SecretServiceServer>),
    getEscrowCertificate: async () => ({ certificate: answers.certificate }),
  });
  return Object.assign(answers, { address: `127.0.0.1:${await server.open()}` });
}
