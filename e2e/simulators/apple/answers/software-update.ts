import { NEWEST_SYSTEMS } from "../hardware/apple-models.ts";
import { listOf, plistOf, Real, textOf } from "../plist/plist-value.ts";
import { type Answers, type CommandContext, CommandFailed, mdmError } from "./command-answer.ts";

const available = ({ parts: { hardware, state } }: CommandContext) => {
  const newest = NEWEST_SYSTEMS[hardware.kind];
  return newest.version === state.os.version ? undefined : newest;
};

export const softwareUpdateAnswers: Answers = {
  AvailableOSUpdates: (context) => {
    const update = available(context);
    if (update === undefined) return { AvailableOSUpdates: [] };
    const { family, version, build } = update;
    return {
      AvailableOSUpdates: [
        {
          ProductKey: `${family}Update${build}`,
          HumanReadableName: `${family} ${version}`,
          ProductName: family,
          Version: version,
          Build: build,
          DownloadSize: 1_400_000_000,
          InstallSize: 6_000_000_000,
          IsCritical: false,
          RestartRequired: true,
          AllowsInstallLater: true,
        },
      ],
    };
  },

  ScheduleOSUpdateScan: () => ({ ScanInitiated: true }),

  ScheduleOSUpdate: (context) => {
    const update = available(context);
    const results = listOf(context.command["Updates"])
      .map(plistOf)
      .map((wanted) => {
        const key = textOf(wanted["ProductKey"]);
        const version = textOf(wanted["ProductVersion"]);
        const known =
          update !== undefined && (version === update.version || key === `${update.family}Update${update.build}`);
        if (!known) throw new CommandFailed(mdmError(12093, `there is no update ${key ?? version ?? ""}`));
        const InstallAction = textOf(wanted["InstallAction"]) ?? "Default";
        return { ProductKey: key, ProductVersion: update.version, InstallAction, Status: "Installing" };
      });
    if (update !== undefined)
      context.afterwards({
        does: async () => {
          context.parts.state.os = update;
          context.parts.ledger.add({ kind: "updated", version: update.version, build: update.build });
        },
        endsSession: true,
      });
    return { UpdateResults: results };
  },

  OSUpdateStatus: (context) => {
    const update = available(context);
    if (update === undefined) return { OSUpdateStatus: [] };
    return {
      OSUpdateStatus: [
        {
          ProductKey: `${update.family}Update${update.build}`,
          IsDownloaded: false,
          DownloadPercentComplete: new Real(0),
          Status: "Idle",
        },
      ],
    };
  },
};
