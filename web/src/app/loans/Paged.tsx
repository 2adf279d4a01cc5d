/** A long list, page by page: what has been shown stays, and the next page is put below it. */
import { type ReactNode, useState } from "react";
import { Scroll } from "../../ui/Table";

export interface PageProps {
  after: string | null;
  /** Told by the last page whether there is another, and from where. */
  onEnd: (next: string | null) => void;
}

interface Props {
  label: string;
  head: ReactNode;
  page: (props: PageProps) => ReactNode;
}

export function Paged({ label, head, page }: Props) {
  const [starts, setStarts] = useState<(string | null)[]>([null]);
  const [next, setNext] = useState<string | null>(null);
  return (
    <section className="card stack">
      <Scroll label={label}>
        <table>
          <caption className="unseen">{label}</caption>
          <thead>{head}</thead>
          {starts.map((after, place) => (
            <tbody key={after ?? ""}>
              {page({ after, onEnd: place === starts.length - 1 ? setNext : () => undefined })}
            </tbody>
          ))}
        </table>
      </Scroll>
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
