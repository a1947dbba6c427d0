import {
  type AppleDeviceServiceServer,
  AppleDeviceServiceService,
} from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import type { Enrollment } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Refusal } from "@muster/host/refusal";
import { GrpcServer, type Methods } from "@muster/rpc/server";

export interface EnrollmentAnswers {
  readonly port: number;
  /** The registry's entries, by the id of their Apple enrollment. */
  readonly enrollments: Map<string, Enrollment>;
}

/** Answers enrollment's ResolveEnrollments over the wire, and nothing else of it. */
export async function startEnrollmentAnswers(serviceToken: string, lifecycle: Lifecycle): Promise<EnrollmentAnswers> {
  const enrollments = new Map<string, Enrollment>();
  const nothing = () => Promise.reject(new Refusal("test.unasked", "not_found", "nobody asks this here"));
  const methods = Object.fromEntries(Object.keys(AppleDeviceServiceService).map((name) => [name, nothing]));
  const server = new GrpcServer({ port: 0, serviceToken, log: createLogger("test", "silent"), lifecycle });
  server.offer<AppleDeviceServiceServer>(AppleDeviceServiceService, {
    ...(methods as unknown as Methods<AppleDeviceServiceServer>),
    resolveEnrollments: async ({ enrollmentIds }) => ({
      enrollments: enrollmentIds.flatMap((id) => enrollments.get(id) ?? []),
    }),
  });
  return { port: await server.open(), enrollments };
}
