import type { HeardEvent } from "@muster/postgres/listen";
import type { Work } from "@muster/postgres/service-database";
import { applyTold } from "../storage/declarations/declaring-devices.ts";
import { applyFacts, applyLabels, type DeviceKey, lockDevices, newestOfEach } from "../storage/devices.ts";
import type { PolicyTables } from "../storage/tables.ts";
import { shareWithDevices } from "../storage/tenant-lock.ts";
import { refitDeclarations } from "../usecases/declarations/refit-declarations.ts";
import { judgeAnswers, type TracedAnswer } from "../usecases/judge-answers.ts";
import { refitProfiles } from "../usecases/profiles/refit-profiles.ts";
import { refitVerdicts } from "../usecases/refit-verdicts.ts";
import type { TellDeps } from "../usecases/tell-verdicts.ts";
import { toldFacts } from "./declaring-news.ts";

/** Labels and facts say which policies apply to a device; answers say whether it is as they want it. */
export const onInventory =
  (deps: TellDeps) =>
  async (work: Work<PolicyTables>, events: readonly HeardEvent[]): Promise<void> => {
    await shareWithDevices(
      work.sql,
      events.map(({ tenant }) => tenant),
    );
    const labels = newestOfEach(events.flatMap(labelsOf));
    const facts = newestOfEach(events.flatMap(factsOf));
    const answers = events.flatMap(answersOf);
    const moved: DeviceKey[] = [...labels, ...facts];
    if (moved.length + answers.length === 0) return;
    await lockDevices(work.sql, [...moved, ...answers]);
    if (labels.length > 0) await applyLabels(work.sql, labels);
    if (facts.length > 0) await applyFacts(work.sql, facts);
    const told = newestOfEach(events.flatMap(toldFacts));
    if (told.length > 0) await applyTold(work.sql, told);
    if (moved.length > 0) {
      await refitVerdicts(work, deps, { devices: moved });
      await refitProfiles(work, deps, { devices: moved });
      await refitDeclarations(work, deps, { devices: moved });
    }
    await judgeAnswers(work, deps, answers);
  };

const labelsOf = (event: HeardEvent) =>
  event.type === "muster.inventory.v1.LabelMembershipChanged"
    ? [
        {
          tenant: event.tenant,
          deviceId: event.data.deviceId,
          version: event.data.version,
          labelIds: event.data.labelIds,
        },
      ]
    : [];

const factsOf = (event: HeardEvent) =>
  event.type === "muster.inventory.v1.DeviceFactsChanged"
    ? [
        {
          tenant: event.tenant,
          deviceId: event.data.deviceId,
          version: event.data.version,
          platform: event.data.platform,
          displayName: event.data.displayName,
        },
      ]
    : [];

const answersOf = (event: HeardEvent): TracedAnswer[] =>
  event.type === "muster.inventory.v1.QueryAnswered"
    ? [
        {
          tenant: event.tenant,
          deviceId: event.data.deviceId,
          policyId: event.data.policyId,
          answer: {
            revision: event.data.policyRevision,
            version: event.data.version,
            rowCount: event.data.rowCount,
            rows: event.data.rows,
            error: event.data.error,
            answeredAt: event.data.answeredAt ?? event.time,
          },
          trace: event.trace,
        },
      ]
    : [];
