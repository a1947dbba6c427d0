import { Bookmark, Trash2 } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { Button, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { TextLine } from "../../parts/fields.tsx";
import { keepViews, readViews, type View, withView } from "./views.ts";

interface SavedViewsProps {
  readonly filters: Readonly<Record<string, string>>;
  readonly show: (filters: Readonly<Record<string, string>>) => void;
}

/** Filters that a person needs again, by name, kept in this browser. */
export function SavedViews({ filters, show }: SavedViewsProps) {
  const [views, setViews] = useState(readViews);
  const change = (next: readonly View[]) => {
    keepViews(next);
    setViews(next);
  };
  const nothing = Object.fromEntries(Object.keys(filters).map((name) => [name, ""]));
  return (
    <DialogTrigger>
      <Button className="button">
        <Bookmark size={14} aria-hidden="true" />
        Views
      </Button>
      <Popover className="popover" placement="bottom end">
        <Dialog className="dialog views" aria-label="Saved views">
          {({ close }) => (
            <>
              {views.length === 0 && <p className="faint">Narrow the list, then keep what you see under a name.</p>}
              <ul>
                {views.map((view) => (
                  <li className="row" key={view.name}>
                    <Button
                      className="button view-name"
                      onPress={() => {
                        show({ ...nothing, ...view.filters });
                        close();
                      }}
                    >
                      {view.name}
                    </Button>
                    <Button
                      className="icon-button"
                      aria-label={`Forget ${view.name}`}
                      onPress={() => change(views.filter(({ name }) => name !== view.name))}
                    >
                      <Trash2 size={14} />
                    </Button>
                  </li>
                ))}
              </ul>
              <NewView onKeep={(name) => change(withView(views, { name, filters }))} />
            </>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function NewView({ onKeep }: { readonly onKeep: (name: string) => void }) {
  const [name, setName] = useState("");
  const keep = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (name.trim() !== "") onKeep(name.trim());
    setName("");
  };
  return (
    <form onSubmit={keep}>
      <TextLine label="Name of this view" value={name} onChange={setName} />
      <Button className="button" type="submit">
        Keep
      </Button>
    </form>
  );
}
