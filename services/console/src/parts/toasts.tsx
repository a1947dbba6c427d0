import { X } from "lucide-react";
import {
  Button,
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from "react-aria-components";
import { inWords } from "../editing/revision.ts";

const queue = new ToastQueue<{ readonly text: string; readonly bad: boolean }>({ maxVisibleToasts: 3 });

const SHOWN_MS = 6_000;

/** Says in a corner what came of something. */
export const toast = (text: string): void => void queue.add({ text, bad: false }, { timeout: SHOWN_MS });

export const toastProblem = (problem: Error): void =>
  void queue.add({ text: inWords(problem), bad: true }, { timeout: SHOWN_MS * 2 });

export const Toasts = () => (
  <ToastRegion queue={queue} className="toasts">
    {({ toast }) => (
      <Toast toast={toast} className={toast.content.bad ? "toast bad" : "toast"}>
        <ToastContent>
          <Text slot="title">{toast.content.text}</Text>
        </ToastContent>
        <Button slot="close" className="icon-button" aria-label="Dismiss">
          <X size={14} />
        </Button>
      </Toast>
    )}
  </ToastRegion>
);
