import { Link } from "@tanstack/react-router";
import type { DeviceCount } from "../../api/types.ts";
import { Empty } from "../../parts/empty.tsx";
import { Share } from "../../parts/share.tsx";
import { count, platformName } from "../../words/names.ts";

/** How many devices there are of each platform, the most first, and how many of them are online. */
export function Platforms({ counts }: { readonly counts: readonly DeviceCount[] }) {
  const platforms = [...new Set(counts.map(({ platform }) => platform))]
    .map((platform) => {
      const own = counts.filter((row) => row.platform === platform);
      return {
        platform,
        all: own.reduce((total, row) => total + row.count, 0),
        online: own.reduce((total, row) => total + row.online, 0),
      };
    })
    .sort((a, b) => b.all - a.all);
  if (platforms.length === 0) {
    return (
      <Empty title="No device yet" command="npm start -- --hosts 25">
        <Link to="/enroll">Enroll your first device</Link>, or start with simulated ones.
      </Empty>
    );
  }
  return (
    <ul className="platforms">
      {platforms.map(({ platform, all, online }) => (
        <li key={platform}>
          <Link to="/devices" search={{ platform }}>
            {platformName(platform)}
          </Link>
          <span className="faint small">{count(online)} online</span>
          <strong>{count(all)}</strong>
          <Share
            parts={[
              ["ok", online],
              ["plain", all - online],
            ]}
          />
        </li>
      ))}
    </ul>
  );
}
