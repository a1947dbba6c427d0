/** Where something will stand in a moment. */
export const Loading = ({ rows = 4 }: { readonly rows?: number }) => (
  <div className="loading" role="status" aria-busy="true" aria-label="Loading">
    {Array.from({ length: rows }, (_, row) => (
      <span key={row} />
    ))}
  </div>
);
