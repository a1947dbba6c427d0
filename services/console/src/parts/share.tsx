export type Part = readonly [tone: string, size: number];

/** Parts of a whole as a bar; the words beside it say the same. */
export const Share = ({ parts }: { readonly parts: readonly Part[] }) => {
  const all = parts.reduce((sum, [, size]) => sum + size, 0);
  return (
    <span className="share" aria-hidden="true">
      {parts.map(
        ([tone, size]) => size > 0 && <span key={tone} className={tone} style={{ width: `${(size / all) * 100}%` }} />,
      )}
    </span>
  );
};
