import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Device } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/page.tsx";
import { toneOf } from "../../parts/states.ts";
import { Ago } from "../../parts/time.tsx";
import { enumWord } from "../../words/names.ts";
import { DECLARATION_STATE, reasonOf } from "../declaration/declaration.ts";
import { PROFILE_STATE } from "../profile/profile.ts";

/** Which profiles and declarations a device of Apple's has, and how each stands there. */
export function DeviceConfiguration({ device }: { readonly device: Device }) {
  const profiles = useApi("/api/v1/devices/{deviceId}/profiles", { path: { deviceId: device.id } });
  const declarations = useApi("/api/v1/devices/{deviceId}/declarations", { path: { deviceId: device.id } });
  return (
    <div className="stack">
      <Panel title="Profiles" more={<Link to="/profiles">All profiles</Link>} flush>
        <Answered of={profiles}>
          {(answer) =>
            answer.profiles.length === 0 ? (
              <Empty title="No profile is for it">
                A profile goes to the devices that its labels and platforms name.
              </Empty>
            ) : (
              <ul className="verdicts">
                {answer.profiles.map((profile) => (
                  <Line
                    key={`${profile.profileId} ${profile.userId}`}
                    badge={<Badge tone={toneOf(profile.state)}>{enumWord(profile.state, PROFILE_STATE)}</Badge>}
                    name={
                      <Link to="/profiles/$profileId" params={{ profileId: profile.profileId }}>
                        {profile.profileName}
                      </Link>
                    }
                    reason={profile.cause}
                    since={profile.since}
                  />
                ))}
              </ul>
            )
          }
        </Answered>
      </Panel>
      <Panel title="Declarations" more={<Link to="/declarations">All declarations</Link>} flush>
        <Answered of={declarations}>
          {(answer) =>
            answer.declarations.length === 0 ? (
              <Empty title="No declaration is for it" />
            ) : (
              <ul className="verdicts">
                {answer.declarations.map((each) => (
                  <Line
                    key={`${each.identifier} ${each.userId}`}
                    badge={<Badge tone={toneOf(each.state)}>{enumWord(each.state, DECLARATION_STATE)}</Badge>}
                    name={
                      each.declarationId === "" ? (
                        each.name || each.identifier
                      ) : (
                        <Link to="/declarations/$declarationId" params={{ declarationId: each.declarationId }}>
                          {each.name}
                        </Link>
                      )
                    }
                    reason={reasonOf(each)}
                    since={each.reportedAt}
                  />
                ))}
              </ul>
            )
          }
        </Answered>
      </Panel>
    </div>
  );
}

interface LineProps {
  readonly badge: ReactNode;
  readonly name: ReactNode;
  readonly reason: string;
  readonly since: string | undefined;
}

const Line = ({ badge, name, reason, since }: LineProps) => (
  <li>
    <div className="row">
      {badge}
      {name}
      <span className="faint small">{reason}</span>
      <span className="faint small push-end">
        <Ago time={since} never="–" />
      </span>
    </div>
  </li>
);
