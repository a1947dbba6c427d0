import { Page, Panel } from "../../parts/page.tsx";
import { EnrollSecrets } from "./enroll-secrets.tsx";
import { EnrollmentTokens } from "./enrollment-tokens.tsx";

/** With what devices enroll, and how long things are kept. */
export function Settings() {
  return (
    <Page title="Settings" about="With what devices enroll, and how long what they tell is kept.">
      <EnrollSecrets />
      <EnrollmentTokens />
      <Panel title="How long things are kept">
        <div className="stack">
          <p className="soft">
            Who runs the platform sets this where the services are started; what is written here holds where nothing is
            set.
          </p>
          <dl className="pairs">
            {KEPT.map(([what, how, variable]) => [
              <dt key={variable}>{what}</dt>,
              <dd key={`${variable} how`}>
                {how} <code className="faint">{variable}</code>
              </dd>,
            ])}
          </dl>
        </div>
      </Panel>
    </Page>
  );
}

const KEPT = [
  ["Events and deliveries", "90 days", "MUSTER_ACTIVITY_DAYS"],
  ["Audit records", "400 days", "MUSTER_AUDIT_DAYS"],
  ["Facts as they were", "400 days", "MUSTER_HISTORY_DAYS"],
  ["Commands after their end", "180 days", "MUSTER_COMMAND_DAYS"],
] as const;
