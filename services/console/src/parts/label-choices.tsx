import { useApi } from "../api/use-api.ts";
import { Choices } from "./choices.tsx";

interface LabelChoicesProps {
  readonly label: string;
  readonly value: readonly string[];
  readonly onChange: (labelIds: readonly string[]) => void;
}

/** Any number of the labels that there are; nothing where there are none. */
export function LabelChoices(props: LabelChoicesProps) {
  const { data } = useApi("/api/v1/labels");
  const choices = (data?.labels ?? []).map(({ id, name }) => [id, name] as const);
  return choices.length > 0 && <Choices {...props} choices={choices} />;
}
