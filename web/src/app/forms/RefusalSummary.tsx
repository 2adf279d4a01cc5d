/** The problems of a refusal, at the top of a form: it takes the focus, and each problem links to its field. */
import { type MouseEvent, useEffect, useRef } from "react";
import type { Problem } from "../../api/result";
import { formatMessage } from "../../ui/Messages";

interface Props {
  /** "The password was not changed." */
  title: string;
  problems: Problem[];
  /** The ids of the form's inputs by their names, in the order of the page. */
  fieldIds: Record<string, string>;
}

export function RefusalSummary({ title, problems, fieldIds }: Props) {
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => summary.current?.focus(), [problems]);
  if (!problems.length) return null;
  return (
    <div className="notice error" role="alert" tabIndex={-1} ref={summary}>
      <strong>{title}</strong>
      <ul>
        {inPageOrder(problems, fieldIds).map(({ code, message, field }) => (
          <li key={code + message}>
            <FieldLink id={field ? fieldIds[field] : undefined} text={formatMessage(message)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Problems without a field concern the whole form, and come first. */
function inPageOrder(problems: Problem[], fieldIds: Record<string, string>): Problem[] {
  const names = Object.keys(fieldIds);
  const place = ({ field }: Problem) => names.indexOf(field ?? "");
  return [...problems].sort((one, other) => place(one) - place(other));
}

function FieldLink({ id, text }: { id: string | undefined; text: string }) {
  if (!id) return text;
  // The fragment would become part of the page's address.
  function focus(event: MouseEvent): void {
    event.preventDefault();
    document.getElementById(id!)?.focus();
  }
  return (
    <a href={`#${id}`} onClick={focus}>
      {text}
    </a>
  );
}
