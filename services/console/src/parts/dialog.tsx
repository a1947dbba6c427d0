import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly wide?: boolean;
  /** For what must not be dismissed by a stray click. */
  readonly isAlert?: boolean;
  readonly children: ReactNode;
}

export const ModalDialog = ({ title, isOpen, onClose, wide = false, isAlert = false, children }: DialogProps) => (
  <ModalOverlay className="overlay" isOpen={isOpen} onOpenChange={(open) => open || onClose()} isDismissable={!isAlert}>
    <Modal className={wide ? "modal wide" : "modal"}>
      <Dialog className="dialog" role={isAlert ? "alertdialog" : "dialog"}>
        <header className="dialog-head">
          <Heading slot="title">{title}</Heading>
          <Button className="icon-button" aria-label="Close" onPress={onClose}>
            <X size={16} />
          </Button>
        </header>
        {children}
      </Dialog>
    </Modal>
  </ModalOverlay>
);
