import { useNavigate } from "@tanstack/react-router";
import { CornerDownLeft, MonitorSmartphone } from "lucide-react";
import { useState } from "react";
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
} from "react-aria-components";
import { useApi } from "../api/use-api.ts";
import { useSettled } from "../parts/use-settled.ts";
import { useCaller } from "../session/session.tsx";
import { platformName } from "../words/names.ts";
import { MENU } from "./menu.ts";

const MAX_DEVICES = 8;

interface PaletteProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Goes anywhere by typing: to a page by its name, to a device by its name, serial number or address. */
export const CommandPalette = ({ isOpen, onClose }: PaletteProps) => (
  <ModalOverlay
    className="overlay palette-overlay"
    isOpen={isOpen}
    onOpenChange={(open) => open || onClose()}
    isDismissable
  >
    <Modal className="palette">
      <Dialog aria-label="Search or go to">
        <Palette onClose={onClose} />
      </Dialog>
    </Modal>
  </ModalOverlay>
);

function Palette({ onClose }: { readonly onClose: () => void }) {
  const navigate = useNavigate();
  const { actions } = useCaller();
  const [text, setText] = useState("");
  const search = useSettled(text.trim());
  const found = useApi("/api/v1/devices", { query: { search, pageSize: MAX_DEVICES } }, { enabled: search !== "" });
  const wanted = text.trim().toLowerCase();
  const pages = MENU.flatMap(({ entries }) => entries).filter(
    (entry) => actions.includes(entry.action) && entry.text.toLowerCase().includes(wanted),
  );
  const devices = search === "" ? [] : (found.data?.devices ?? []);
  const go = (href: string) => {
    onClose();
    void navigate({ href });
  };
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField autoFocus aria-label="Search or go to" className="palette-search">
        <Input className="palette-input" placeholder="Where to? A page, a hostname, a serial number…" />
      </SearchField>
      <Menu
        className="palette-list"
        aria-label="Places"
        onAction={(key) => go(String(key))}
        renderEmptyState={() => <p className="faint palette-none">Nothing has this name.</p>}
      >
        {pages.length > 0 && (
          <MenuSection>
            <Header className="menu-title">Pages</Header>
            {pages.map(({ to, text, icon: Icon }) => (
              <MenuItem className="menu-item" key={to} id={to} textValue={text}>
                <Icon size={16} aria-hidden="true" />
                <span>{text}</span>
                <CornerDownLeft size={14} className="menu-hint" aria-hidden="true" />
              </MenuItem>
            ))}
          </MenuSection>
        )}
        {devices.length > 0 && (
          <MenuSection>
            <Header className="menu-title">Devices</Header>
            {devices.map(({ id, displayName, platform, hardwareSerial }) => (
              <MenuItem className="menu-item" key={id} id={`/devices/${id}`} textValue={displayName}>
                <MonitorSmartphone size={16} aria-hidden="true" />
                <span>{displayName}</span>
                <span className="faint small">
                  {platformName(platform)} {hardwareSerial}
                </span>
                <CornerDownLeft size={14} className="menu-hint" aria-hidden="true" />
              </MenuItem>
            ))}
          </MenuSection>
        )}
      </Menu>
    </Autocomplete>
  );
}
