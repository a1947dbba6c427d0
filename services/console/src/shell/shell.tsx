import { Outlet, useNavigate, useRouter } from "@tanstack/react-router";
import { Menu as MenuIcon, Search } from "lucide-react";
import { Suspense, useEffect, useState } from "react";
import { Button, Dialog, Modal, ModalOverlay, RouterProvider } from "react-aria-components";
import { LiveEvents } from "../live/live.tsx";
import { Loading } from "../parts/loading.tsx";
import { Mark } from "../parts/mark.tsx";
import { Toasts } from "../parts/toasts.tsx";
import { CommandPalette } from "./command-palette.tsx";
import { Navigation } from "./navigation.tsx";

/** What is around every page: the way to the others, who is here, and whether the page is live. */
export function Shell() {
  const router = useRouter();
  const navigate = useNavigate();
  const [menuOpen, setMenuOpen] = useState(false);
  const [paletteOpen, setPaletteOpen] = useState(false);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setPaletteOpen((open) => !open);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  useEffect(() => router.subscribe("onBeforeNavigate", () => setMenuOpen(false)), [router]);

  const openPalette = () => setPaletteOpen(true);
  return (
    <RouterProvider navigate={(href) => void navigate({ href })}>
      <LiveEvents>
        <a className="skip" href="#content">
          Skip to the content
        </a>
        <div className="shell">
          <aside className="side">
            <Navigation onSearch={openPalette} />
          </aside>
          <header className="top">
            <Button className="icon-button" aria-label="Menu" onPress={() => setMenuOpen(true)}>
              <MenuIcon size={18} />
            </Button>
            <Mark size={20} />
            <strong>Muster</strong>
            <Button className="icon-button push-end" aria-label="Search" onPress={openPalette}>
              <Search size={18} />
            </Button>
          </header>
          <main id="content" tabIndex={-1}>
            <Suspense fallback={<Loading rows={8} />}>
              <Outlet />
            </Suspense>
          </main>
        </div>
        <ModalOverlay className="overlay drawer-overlay" isOpen={menuOpen} onOpenChange={setMenuOpen} isDismissable>
          <Modal className="drawer">
            <Dialog className="side" aria-label="Menu">
              <Navigation onSearch={openPalette} />
            </Dialog>
          </Modal>
        </ModalOverlay>
        <CommandPalette isOpen={paletteOpen} onClose={() => setPaletteOpen(false)} />
        <Toasts />
      </LiveEvents>
    </RouterProvider>
  );
}
