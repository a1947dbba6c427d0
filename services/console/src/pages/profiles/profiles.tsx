import { Link } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { AppliesTo } from "../../parts/applies-to.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { List } from "../../parts/list.tsx";
import { Page } from "../../parts/page.tsx";
import { Share } from "../../parts/share.tsx";
import type { Column } from "../../parts/table.tsx";
import { useMay } from "../../session/session.tsx";
import { count } from "../../words/names.ts";
import { type Profile, partsOf } from "../profile/profile.ts";
import { UploadProfile } from "../profile/profile-form.tsx";

const COLUMNS: readonly Column<Profile>[] = [
  {
    title: "Profile",
    cell: ({ id, name, warnings }) => (
      <>
        <Link to="/profiles/$profileId" params={{ profileId: id }}>
          {name}
        </Link>{" "}
        {warnings.length > 0 && <Badge tone="warn">unusual</Badge>}
      </>
    ),
  },
  {
    title: "Identifier",
    width: "24%",
    minor: true,
    cell: ({ identifier }) => <code className="soft">{identifier}</code>,
  },
  { title: "For", width: "20%", minor: true, cell: ({ selection }) => <AppliesTo selection={selection} /> },
  { title: "Verified", width: "84px", numeric: true, cell: ({ counts }) => count(counts?.verified ?? 0) },
  { title: "Failed", width: "72px", numeric: true, cell: ({ counts }) => count(counts?.failed ?? 0) },
  {
    title: "Share",
    width: "14%",
    minor: true,
    cell: (profile) => <Share parts={partsOf(profile)} />,
  },
];

/** What Apple's devices are set up with, and on how many that is shown to be so. */
export function Profiles() {
  const profiles = useApi("/api/v1/profiles");
  const may = useMay("profile.write");
  return (
    <Page
      title="Profiles"
      about="Configuration profiles for Apple’s devices; one counts as verified once the device itself lists it."
      actions={may && <UploadProfile />}
    >
      <List
        label="Profiles"
        of={profiles}
        rows={(answer) => answer.profiles}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          <Empty title="No profile yet" command="muster apply profiles wifi.mobileconfig --label Finance">
            Upload a mobileconfig, signed or not. $MUSTER_SERIAL_NUMBER and its like are filled for each device.
          </Empty>
        }
      />
    </Page>
  );
}
