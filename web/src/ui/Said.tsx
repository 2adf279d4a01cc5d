/** What the server said, for everybody to notice: reasons of a no, and trouble with the id to ask about it by. */
import { day } from "./dates";
import { rupees } from "./money";
import type { Problem, Trouble } from "../api/trouble";

/** The server's sentence, with its amounts and dates written as everywhere else. */
export function sentence(message: string): string {
  return message.replace(/\b\d+\.\d\d\b/g, rupees).replace(/\b\d{4}-\d\d-\d\d\b/g, day);
}

export function Reasons({ title, problems }: { title: string; problems: Problem[] }) {
  if (!problems.length) return null;
  return (
    <div className="notice bad" role="alert">
      <strong>{title}</strong>
      <ul>
        {problems.map((problem) => (
          <li key={problem.code + problem.message}>{sentence(problem.message)}</li>
        ))}
      </ul>
    </div>
  );
}

export function TroubleNotice({ trouble, again }: { trouble: Trouble | null; again?: () => void }) {
  if (!trouble) return null;
  return (
    <div className="notice bad stack tight" role="alert">
      <p>{trouble.message}</p>
      {trouble.requestId && (
        <p className="small">
          If it goes on, tell us this request id: <code>{trouble.requestId}</code>
        </p>
      )}
      {again && (
        <p>
          <button type="button" onClick={again}>
            Try again
          </button>
        </p>
      )}
    </div>
  );
}
