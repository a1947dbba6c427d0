import { useEffect, useState } from "react";

const SETTLED_MS = 100;

/** A value once it has not changed for a moment: typing should not ask the server at every key. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
