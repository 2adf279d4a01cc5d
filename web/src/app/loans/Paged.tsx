/** A long list, page by page: what has been shown stays, and the next page is put below it. */
import { type ReactNode, useState } from "react";
import { type Column, Listed } from "../../ui/Table";

export interface PageProps {
  after: string | null;
  /** Told by the last page whether there is another, and from where. */
  onEnd: (next: string | null) => void;
}

interface Props {
  label: string;
  columns: Column[];
  page: (props: PageProps) => ReactNode;
}

export function Paged({ label, columns, page }: Props) {
  const [starts, setStarts] = useState<(string | null)[]>([null]);
  const [next, setNext] = useState<string | null>(null);
  return (
    <section className="card stack">
      <Listed caption={label} columns={columns}>
        {starts.map((after, place) => (
          <tbody key={after ?? ""} role="rowgroup">
            {page({ after, onEnd: place === starts.length - 1 ? setNext : () => undefined })}
          </tbody>
        ))}
      </Listed>
      {next && (
        <div>
          <button
            type="button"
            onClick={() => {
              setStarts([...starts, next]);
              setNext(null);
            }}
          >
            Show more
          </button>
        </div>
      )}
    </section>
  );
}
