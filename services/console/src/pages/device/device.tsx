import { Link, useParams } from "@tanstack/react-router";
import type { Device as DeviceAnswer } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Badge, Presence } from "../../parts/badge.tsx";
import { Page } from "../../parts/page.tsx";
import { Ago } from "../../parts/time.tsx";
import { ViewTabs } from "../../parts/view-tabs.tsx";
import { useCaller } from "../../session/session.tsx";
import { enumWord, platformName } from "../../words/names.ts";
import { AwaitedApprovals } from "./awaited-approvals.tsx";
import { DeviceActions } from "./device-actions.tsx";
import { DeviceCommands } from "./device-commands.tsx";
import { DeviceConfiguration } from "./device-configuration.tsx";
import { DeviceFacts } from "./device-facts.tsx";
import { DeviceFiles } from "./device-files.tsx";
import { DevicePolicies } from "./device-policies.tsx";
import { DeviceSecrets } from "./device-secrets.tsx";
import { DeviceSoftware } from "./device-software.tsx";
import { DeviceTimeline } from "./device-timeline.tsx";
import { familyOf } from "./reach.ts";
import "./device.css";

const VIEWS = [
  { id: "facts", text: "Facts", action: "device.read", view: DeviceFacts },
  { id: "policies", text: "Policies", action: "policy.read", view: DevicePolicies },
  { id: "software", text: "Software", action: "device.read", view: DeviceSoftware },
  { id: "configuration", text: "Configuration", action: "profile.read", view: DeviceConfiguration, onlyApple: true },
  { id: "files", text: "Files", action: "carve.read", view: DeviceFiles, onlyComputers: true },
  { id: "commands", text: "Commands", action: "command.read", view: DeviceCommands },
  { id: "timeline", text: "Timeline", action: "activity.read", view: DeviceTimeline },
  { id: "secrets", text: "Secrets", action: "secret.read", view: DeviceSecrets },
] as const;

/** All that is known of one device, and what can be asked of it. */
export function Device() {
  const { deviceId } = useParams({ from: "/devices/$deviceId" });
  const device = useApi("/api/v1/devices/{deviceId}", { path: { deviceId } });
  return <Answered of={device}>{(found) => <Known device={found} />}</Answered>;
}

function Known({ device }: { readonly device: DeviceAnswer }) {
  const { actions } = useCaller();
  const views = VIEWS.filter(
    (view) =>
      actions.includes(view.action) &&
      (!("onlyApple" in view) || familyOf(device) !== undefined) &&
      (!("onlyComputers" in view) || isComputer(device)),
  );
  return (
    <Page
      title={device.displayName || device.id}
      about={
        <span className="row">
          <Presence online={device.online} />
          <span>
            {device.osName || platformName(device.platform)} {device.osVersion}
          </span>
          {device.ownership === "OWNERSHIP_PERSONAL" && <Badge tone="info">personal</Badge>}
          {device.unenrolled && <Badge tone="warn">unenrolled</Badge>}
        </span>
      }
      actions={<DeviceActions device={device} />}
    >
      {device.duplicateOf !== "" && (
        <p className="note warn">
          This device claims the identity of{" "}
          <Link to="/devices/$deviceId" params={{ deviceId: device.duplicateOf }}>
            another one
          </Link>
          .
        </p>
      )}
      {actions.includes("campaign.read") && <AwaitedApprovals device={device} />}
      <Summary device={device} />
      <ViewTabs label="What is known" views={views}>
        {({ view: View }) => <View device={device} />}
      </ViewTabs>
    </Page>
  );
}

/** What osquery runs on. */
const isComputer = (device: DeviceAnswer): boolean => [undefined, "macos"].includes(familyOf(device));

const Summary = ({ device }: { readonly device: DeviceAnswer }) => (
  <dl className="summary">
    <div>
      <dt>Hardware</dt>
      <dd>
        {device.hardwareVendor} {device.hardwareModel}
      </dd>
    </div>
    <div>
      <dt>Serial number</dt>
      <dd>
        <code>{device.hardwareSerial || "–"}</code>
      </dd>
    </div>
    <div>
      <dt>Address</dt>
      <dd>
        <code>{device.primaryAddress || "–"}</code>
      </dd>
    </div>
    <div>
      <dt>Managed by</dt>
      <dd>
        {enumWord(device.method, "METHOD_")} {device.agentVersion}
      </dd>
    </div>
    <div>
      <dt>Enrolled</dt>
      <dd>
        <Ago time={device.enrolledAt} />
      </dd>
    </div>
    <div>
      <dt>Seen</dt>
      <dd>
        <Ago time={device.lastSeenAt} />
      </dd>
    </div>
  </dl>
);
