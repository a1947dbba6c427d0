import type { Enrollment } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { type EnrollmentKey, enrollmentKey } from "../../storage/apple-visitors.ts";
import type { Database } from "../ports.ts";
import { keepAppleChannels, versionedChannel } from "./keep-channels.ts";

export interface ResolveDeps {
  readonly database: Database;
  /** Cancels what devices had open from before they enrolled anew. */
  readonly endEarlier: () => void;
  /** The registry's entries of these enrollments of one tenant, as far as there are any. */
  readonly askEnrollment: (tenant: string, enrollmentIds: readonly string[]) => Promise<readonly Enrollment[]>;
}

/** Asks enrollment for many at once who they are, and keeps the answers. */
export const resolveEnrollments =
  ({ askEnrollment, database, endEarlier }: ResolveDeps) =>
  async (keys: readonly EnrollmentKey[]): Promise<boolean[]> => {
    const found = new Set<string>();
    for (const [tenant, asked] of Map.groupBy(keys, ({ tenant }) => tenant)) {
      const ids = [...new Set(asked.map(({ enrollmentId }) => enrollmentId))];
      const channels = (await askEnrollment(tenant, ids)).flatMap(
        (enrollment) => versionedChannel(tenant, enrollment) ?? [],
      );
      if (channels.length > 0) await database.tenant(tenant, (work) => keepAppleChannels(work, channels, endEarlier));
      for (const channel of channels) found.add(enrollmentKey(channel));
    }
    return keys.map((key) => found.has(enrollmentKey(key)));
  };
