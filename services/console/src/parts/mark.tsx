/** Muster's sign. */
export const Mark = ({ size = 22 }: { readonly size?: number }) => (
  <img className="mark" src="/icon.svg" alt="" width={size} height={size} />
);
