import { type Enrollment, Status } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import {
  type EnrollmentServiceServer,
  EnrollmentServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/enrollment_service";
import type { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import { GrpcServer, type Methods } from "@muster/rpc/server";
import { enrollmentOf } from "./test-platform.ts";

export interface RegistryAnswers {
  readonly port: number;
  /** Who unenrolled what, in the order it came. */
  readonly unenrolled: { readonly deviceId: string; readonly actor: string; readonly reason: string }[];
  /** The devices that nobody ever enrolled. */
  readonly strangers: Set<string>;
  /** The devices that it says it cannot unenroll now. */
  readonly busy: Set<string>;
}

/** Answers what enrollment is asked about single devices over the wire, and nothing else of it. */
export async function startRegistryAnswers(serviceToken: string, lifecycle: Lifecycle): Promise<RegistryAnswers> {
  const answers: Omit<RegistryAnswers, "port"> = { unenrolled: [], strangers: new Set(), busy: new Set() };
  const entryOf = (deviceId: string): Enrollment => {
    if (answers.strangers.has(deviceId))
      throw new Refusal("enrollment.unknown", "not_found", "there is no such device");
    const left = answers.unenrolled.some((each) => each.deviceId === deviceId);
    return {
      ...enrollmentOf(deviceId, { agent: 1 }),
      status: left ? Status.STATUS_UNENROLLED : Status.STATUS_ENROLLED,
    };
  };
  const nothing = () => Promise.reject(new Refusal("test.unasked", "not_found", "nobody asks this here"));
  const methods = Object.fromEntries(Object.keys(EnrollmentServiceService).map((name) => [name, nothing]));
  const server = new GrpcServer({ port: 0, serviceToken, log: createLogger("test", "silent"), lifecycle });
  server.offer<EnrollmentServiceServer>(EnrollmentServiceService, {
    ...(methods as unknown as Methods<EnrollmentServiceServer>),
    getEnrollment: async ({ deviceId }) => ({ enrollment: entryOf(deviceId) }),
    unenroll: async ({ deviceId, reason }, { actor }) => {
      if (answers.busy.has(deviceId)) throw new Refusal("enrollment.busy", "too_many", "later");
      if (entryOf(deviceId).status === Status.STATUS_ENROLLED) answers.unenrolled.push({ deviceId, actor, reason });
      return { enrollment: entryOf(deviceId) };
    },
  });
  return { ...answers, port: await server.open() };
}
