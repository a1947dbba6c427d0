import { useState } from "react";
import { Button, Form } from "react-aria-components";
import { api } from "../../api/client.ts";
import type { Device, EscrowedSecret } from "../../api/types.ts";
import { useApi, useChange } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Badge } from "../../parts/badge.tsx";
import { CopyLine } from "../../parts/copy.tsx";
import { ModalDialog } from "../../parts/dialog.tsx";
import { Empty } from "../../parts/empty.tsx";
import { TextLine } from "../../parts/fields.tsx";
import { Panel } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Ago } from "../../parts/time.tsx";
import { WaitingButton } from "../../parts/waiting-button.tsx";
import { useMay } from "../../session/session.tsx";
import { capital, enumWord } from "../../words/names.ts";

const kindOf = ({ kind }: EscrowedSecret): string => capital(enumWord(kind, "SECRET_KIND_"));

/** What a device gave into escrow. Reading one takes a reason, and everybody who may see the trail sees it. */
export function DeviceSecrets({ device }: { readonly device: Device }) {
  const may = useMay("secret.reveal");
  const [chosen, setChosen] = useState<EscrowedSecret>();
  const secrets = useApi("/api/v1/devices/{deviceId}/secrets", { path: { deviceId: device.id } });
  const columns: readonly Column<EscrowedSecret>[] = [
    { title: "Secret", cell: (secret) => kindOf(secret) },
    { title: "Escrowed", width: "120px", cell: ({ escrowedAt }) => <Ago time={escrowedAt} /> },
    { title: "Last read", width: "120px", minor: true, cell: ({ lastReadAt }) => <Ago time={lastReadAt} /> },
    {
      title: "Good",
      width: "110px",
      minor: true,
      cell: ({ provenAt, endedAt }) =>
        endedAt !== undefined ? (
          <Badge>replaced</Badge>
        ) : provenAt !== undefined ? (
          <Badge tone="ok">proven</Badge>
        ) : (
          <Badge tone="info">current</Badge>
        ),
    },
    {
      title: "Reveal",
      width: "110px",
      cell: (secret) =>
        may && (
          <Button className="button small" onPress={() => setChosen(secret)}>
            Reveal…
          </Button>
        ),
    },
  ];
  return (
    <Panel title="Secrets in escrow" flush>
      <Answered of={secrets}>
        {(answer) =>
          answer.secrets.length === 0 ? (
            <Empty title="Nothing in escrow">
              Recovery keys, unlock tokens and passcodes appear here when the device hands them over.
            </Empty>
          ) : (
            <Table label="Secrets" columns={columns} rows={answer.secrets} keyOf={({ id }) => id} />
          )
        }
      </Answered>
      {chosen !== undefined && <Reveal device={device} secret={chosen} onClose={() => setChosen(undefined)} />}
    </Panel>
  );
}

interface RevealProps {
  readonly device: Device;
  readonly secret: EscrowedSecret;
  readonly onClose: () => void;
}

function Reveal({ device, secret, onClose }: RevealProps) {
  const [reason, setReason] = useState("");
  const path = { deviceId: device.id, secretId: secret.id };
  const reveal = useChange(
    () => api.post("/api/v1/devices/{deviceId}/secrets/{secretId}/reveal", { path, body: { reason } }),
    `devices/${device.id}/secrets`,
  );
  const value = reveal.data?.value;
  return (
    <ModalDialog title={`${kindOf(secret)} of ${device.displayName}`} isOpen onClose={onClose}>
      {value === undefined ? (
        <Form
          onSubmit={(event) => {
            event.preventDefault();
            reveal.mutate(undefined);
          }}
        >
          <p className="soft">That you read it is recorded with your reason, and told as an event.</p>
          <TextLine label="Why it has to be read" value={reason} onChange={setReason} isRequired autoFocus />
          {reveal.isError && <ProblemNote problem={reveal.error} />}
          <div className="dialog-actions">
            <WaitingButton className="button primary" type="submit" isWaiting={reveal.isPending}>
              Reveal
            </WaitingButton>
          </div>
        </Form>
      ) : (
        <CopyLine text={value} />
      )}
    </ModalDialog>
  );
}
