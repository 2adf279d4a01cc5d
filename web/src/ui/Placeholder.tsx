/** Stands in for content that is being loaded, and says so if that takes longer than a moment. */
export function Placeholder({ height }: { height: string }) {
  return (
    <div className="placeholder" style={{ minHeight: height }} role="status">
      <span className="visually-hidden">Loading…</span>
      <span className="placeholder-hint" aria-hidden="true">
        Still loading…
      </span>
    </div>
  );
}
