/** The reasons for which the server refuses any loan of the borrower at the moment. */
import type { Problem } from "../../api/result";
import { formatMessage } from "../../ui/Messages";

export function Obstacles({ problems = [] }: { problems?: Problem[] }) {
  if (!problems.length) return null;
  return (
    <div className="notice warning">
      <strong>You cannot borrow at the moment.</strong>
      <ul>
        {problems.map(({ code, message }) => (
          <li key={code}>{formatMessage(message)}</li>
        ))}
      </ul>
    </div>
  );
}
