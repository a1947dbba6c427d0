import type { Schema } from "@muster/api-client/call";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Badge } from "../../parts/badge.tsx";
import { Panel } from "../../parts/page.tsx";
import { toneOf } from "../../parts/states.ts";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { enumWord } from "../../words/names.ts";
import { Expiry } from "./expiry.tsx";
import { PushGuide } from "./push-guide.tsx";

export type PushCertificate = Schema<"command.PushCertificate">;

const STATE = "PUSH_CERTIFICATE_STATE_";

/** What wakes Apple's devices, until when, and how it is got and renewed. */
export function PushCertificates() {
  const certificates = useApi("/api/v1/push-certificates");
  const may = useMay("push.write");
  return (
    <Answered of={certificates}>
      {({ certificates: all }) => {
        const held = all.filter(({ state }) => state !== `${STATE}REQUESTED`);
        const requested = all.find(({ state }) => state === `${STATE}REQUESTED`);
        const current = held.find(({ state }) => state === `${STATE}CURRENT`);
        return (
          <div className="stack">
            {current === undefined && (
              <p className="note warn">
                Nothing wakes Apple’s devices yet: a command waits until its device comes by itself.
              </p>
            )}
            {held.map((certificate) => (
              <Certificate key={certificate.id} certificate={certificate} />
            ))}
            {may && <PushGuide requested={requested} current={current} />}
          </div>
        );
      }}
    </Answered>
  );
}

const Certificate = ({ certificate }: { readonly certificate: PushCertificate }) => (
  <Panel
    title={<code>{certificate.topic}</code>}
    more={<Badge tone={toneOf(certificate.state)}>{enumWord(certificate.state, STATE)}</Badge>}
  >
    <div className="stack">
      {certificate.stoppedReason !== "" && (
        <p className="note bad">Apple refuses it: {certificate.stoppedReason}. A new certificate mends that at once.</p>
      )}
      <dl className="pairs">
        <dt>Good for</dt>
        <dd>
          <Expiry at={certificate.notAfter} />
        </dd>
        <dt>Apple Account</dt>
        <dd>{certificate.appleAccount || "not noted"}</dd>
        <dt>Key made</dt>
        <dd>
          <Ago time={certificate.createdAt} /> by {certificate.createdBy}
        </dd>
      </dl>
    </div>
  </Panel>
);
