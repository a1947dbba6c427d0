import { TextLine } from "./fields.tsx";

interface SecretFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: string | undefined;
  readonly isRequired?: boolean;
  /** For keys, which are several lines. */
  readonly isLong?: boolean;
}

export const KEEPS_SECRET = "Empty keeps the one that is kept.";

/** A secret, which is only ever written, never shown: nothing stands there for the one that is kept. */
export const SecretField = ({ isLong = false, ...field }: SecretFieldProps) =>
  isLong ? (
    <TextLine {...field} rows={3} code autoComplete="off" />
  ) : (
    <TextLine {...field} type="password" autoComplete="off" />
  );
