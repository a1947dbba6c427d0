import { api } from "../../api/client.ts";
import { useApi } from "../../api/use-api.ts";
import { tagOf } from "../../editing/revision.ts";
import { ActButton } from "../../parts/act-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Badge } from "../../parts/badge.tsx";
import { ConfirmButton } from "../../parts/confirm-button.tsx";
import { Empty } from "../../parts/empty.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { chosen, FileField, NO_FILE } from "../../parts/file-field.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { Panel } from "../../parts/page.tsx";
import { SaveButton } from "../../parts/save-button.tsx";
import { Ago } from "../../parts/time.tsx";
import { useMay } from "../../session/session.tsx";
import { count } from "../../words/names.ts";
import { type AutomatedServer, DEVICES, SERVERS } from "./automated.ts";
import { EditServer } from "./edit-server.tsx";
import { Expiry } from "./expiry.tsx";

/** The services at Apple that devices come from. */
export function AutomatedServers() {
  const servers = useApi("/api/v1/automated-enrollment-servers");
  const may = useMay("enrollment.automated");
  return (
    <>
      {may && (
        <div>
          <NewServer />
        </div>
      )}
      <Answered of={servers}>
        {(answer) =>
          answer.servers.length === 0 ? (
            <section className="panel">
              <Empty title="No server yet">
                Make one here, upload its key where you make a device management service in Apple Business Manager, and
                bring the token from there. The devices that are assigned to it enroll as they are set up.
              </Empty>
            </section>
          ) : (
            answer.servers.map((server) => <Server key={server.id} server={server} may={may} />)
          )
        }
      </Answered>
    </>
  );
}

const Server = ({ server, may }: { readonly server: AutomatedServer; readonly may: boolean }) => (
  <Panel
    title={server.name}
    more={
      <Badge tone={server.authorized ? "ok" : "warn"}>{server.authorized ? "authorized" : "waits for a token"}</Badge>
    }
  >
    <div className="stack">
      {server.lastError !== "" && <p className="note bad">{server.lastError}</p>}
      {server.termsChangedAt !== undefined && (
        <p className="note warn">
          Apple’s terms have changed: somebody has to agree to them in Apple Business Manager.
        </p>
      )}
      <dl className="pairs">
        <dt>Organisation</dt>
        <dd>{server.organization || "–"}</dd>
        <dt>Token</dt>
        <dd>
          <Expiry at={server.tokenExpiresAt} />
        </dd>
        <dt>Devices</dt>
        <dd>{count(server.deviceCount)}</dd>
        <dt>In step</dt>
        <dd>
          <Ago time={server.syncedAt} />
        </dd>
      </dl>
      {may && <Steps server={server} />}
    </div>
  </Panel>
);

function Steps({ server }: { readonly server: AutomatedServer }) {
  const { id, name, authorized, certificate } = server;
  return (
    <div className="row">
      <SaveButton fileName={`${name}.pem`} read={() => certificate}>
        Save its key
      </SaveButton>
      <UploadToken id={id} authorized={authorized} />
      <EditServer server={server} />
      {authorized && (
        <ActButton
          act={() => api.post("/api/v1/automated-enrollment-servers/{id}/sync", { path: { id } })}
          outdates={[SERVERS, DEVICES]}
          done={() => "Apple is asked what has changed."}
        >
          Synchronize
        </ActButton>
      )}
      <ConfirmButton
        verb="Delete"
        name={name}
        consequence="Its devices are forgotten here; those that are enrolled stay so. At Apple nothing changes."
        act={() => api.delete("/api/v1/automated-enrollment-servers/{id}", { path: { id }, ifMatch: tagOf(server) })}
        outdates={[SERVERS, DEVICES]}
      />
    </div>
  );
}

const NewServer = () => (
  <FormDialog
    title="New server"
    submitText="Create"
    begin={{ name: "" }}
    submit={(body) => api.post("/api/v1/automated-enrollment-servers", { body })}
    outdates={[SERVERS]}
  >
    {({ name }, set) => (
      <TextLine label="Name" value={name} onChange={(text) => set({ name: text })} isRequired autoFocus />
    )}
  </FormDialog>
);

const UploadToken = ({ id, authorized }: { readonly id: string; readonly authorized: boolean }) => (
  <FormDialog
    title={authorized ? "Renew the token" : "Upload the token"}
    submitText="Upload"
    primary={!authorized}
    begin={NO_FILE}
    submit={async ({ file }) =>
      api.post("/api/v1/automated-enrollment-servers/{id}/token", {
        path: { id },
        body: { token: chosen(file, "the token’s file").content },
      })
    }
    outdates={[SERVERS, DEVICES]}
  >
    {({ file }, set) => (
      <>
        <p className="soft">
          Apple Business Manager offers it for download where the service was made; it is good for a year.
        </p>
        <FileField label="Token" accepts={[".p7m"]} value={file} onChange={(token) => set({ file: token })} />
      </>
    )}
  </FormDialog>
);
