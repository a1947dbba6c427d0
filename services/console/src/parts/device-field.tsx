import { useState } from "react";
import { ComboBox, Input, Label, ListBox, ListBoxItem, Popover } from "react-aria-components";
import type { Device } from "../api/types.ts";
import { useApi } from "../api/use-api.ts";
import { platformName } from "../words/names.ts";
import { useSettled } from "./use-settled.ts";

interface DeviceFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (deviceId: string) => void;
}

const MAX_FOUND = 8;

/** One device, found by its name, serial number or address. */
export function DeviceField({ label, value, onChange }: DeviceFieldProps) {
  const [text, setText] = useState("");
  const search = useSettled(text.trim());
  const found = useApi("/api/v1/devices", { query: { search, pageSize: MAX_FOUND } });
  return (
    <ComboBox
      className="field"
      items={found.data?.devices ?? []}
      // The platform has searched already.
      defaultFilter={() => true}
      inputValue={text}
      onInputChange={setText}
      selectedKey={value === "" ? null : value}
      onSelectionChange={(key) => {
        onChange(key === null ? "" : String(key));
        const device = found.data?.devices.find(({ id }) => id === key);
        if (device !== undefined) setText(device.displayName);
      }}
      menuTrigger="focus"
      allowsEmptyCollection
      isRequired
    >
      <Label>{label}</Label>
      <Input className="input" placeholder="Name, serial number or address" />
      <Popover className="popover">
        <ListBox<Device>
          className="menu"
          renderEmptyState={() => <p className="menu-item soft">No device like this</p>}
        >
          {({ id, displayName, platform }) => (
            <ListBoxItem className="menu-item" id={id} textValue={displayName}>
              <span>{displayName}</span>
              <span className="faint small push-end">{platformName(platform)}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
