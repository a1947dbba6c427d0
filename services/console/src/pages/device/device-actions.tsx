import { Link } from "@tanstack/react-router";
import { ChevronDown, RefreshCw, SquareTerminal } from "lucide-react";
import { useState } from "react";
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { api } from "../../api/client.ts";
import type { Device } from "../../api/types.ts";
import { useChange } from "../../api/use-api.ts";
import { toast, toastProblem } from "../../parts/toasts.tsx";
import { WaitingButton } from "../../parts/waiting-button.tsx";
import { useMay } from "../../session/session.tsx";
import { ACTIONS, type DeviceAction } from "./actions.ts";
import { ConfirmAction } from "./confirm-action.tsx";
import { takes } from "./reach.ts";
import { useReach } from "./use-reach.ts";

/** What can be asked of a device in one step: what it takes, as far as the person may. */
export function DeviceActions({ device }: { readonly device: Device }) {
  const mayRefetch = useMay("device.refetch");
  const mayQuery = useMay("query.run");
  const mayUnenroll = useMay("enrollment.unenroll");
  const [chosen, setChosen] = useState<DeviceAction>();
  const refetch = useChange(
    () => api.post("/api/v1/devices/{deviceId}/refetch", { path: { deviceId: device.id } }),
    `devices/${device.id}`,
  );
  const reach = useReach(device);
  const actions = ACTIONS.filter((action) =>
    action.unenrolls ? mayUnenroll : reach !== undefined && takes(action.takes ?? "", reach),
  );
  if (device.unenrolled) return null;
  return (
    <>
      {mayRefetch && (
        <WaitingButton
          className="button"
          isWaiting={refetch.isPending}
          onPress={() =>
            refetch.mutate(undefined, {
              onSuccess: () => toast(`${device.displayName} is asked for all its facts at its next contact.`),
              onError: toastProblem,
            })
          }
        >
          <RefreshCw size={14} aria-hidden="true" />
          Refetch
        </WaitingButton>
      )}
      {mayQuery && (
        <Link className="button" to="/query" search={{ device: device.id }}>
          <SquareTerminal size={14} aria-hidden="true" />
          Ask it
        </Link>
      )}
      {actions.length > 0 && (
        <MenuTrigger>
          <Button className="button">
            Actions
            <ChevronDown size={14} aria-hidden="true" />
          </Button>
          <Popover className="popover" placement="bottom end">
            <Menu
              className="menu"
              aria-label="Actions"
              onAction={(key) => setChosen(ACTIONS.find(({ text }) => text === key))}
            >
              {actions.map(({ text, icon: Icon, destroys }) => (
                <MenuItem className={destroys ? "menu-item danger" : "menu-item"} key={text} id={text} textValue={text}>
                  <Icon size={15} aria-hidden="true" />
                  {text}…
                </MenuItem>
              ))}
            </Menu>
          </Popover>
        </MenuTrigger>
      )}
      {chosen !== undefined && <ConfirmAction device={device} action={chosen} onClose={() => setChosen(undefined)} />}
    </>
  );
}
