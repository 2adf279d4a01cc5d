/** The search box of the header: finds borrowers, loans and payments while an operator types. Ctrl-K leads to it. */
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { useQuery } from "urql";
import { useLocation } from "wouter";
import { graphql } from "../../api/generated";
import type { SearchMatch, SearchQuery } from "../../api/generated/graphql";
import { failureOf } from "../../api/result";
import { formatDate } from "../../ui/dates";
import { formatRupees } from "../../ui/money";
import { paths } from "../paths";

const SearchDocument = graphql(`
  query Search($text: String!, $first: Int!) {
    search(text: $text, first: $first) {
      matched
      user {
        id
        name
        email
        phone
        aadhaarMasked
      }
      loan {
        id
        amount
        status
      }
      payment {
        id
        amount
        paymentDate
        transactionId
      }
    }
  }
`);

type Result = SearchQuery["search"][number];

const MOST_SHOWN = 8;
// A person who types reaches the next letter sooner. A number is typed to its end: its parts find nothing useful.
const PAUSE_MS = 250;
const PAUSE_IN_NUMBER_MS = 600;

const MATCHES: Record<SearchMatch, string> = {
  AADHAAR: "Aadhaar number",
  LOAN_ID: "loan ID",
  BORROWER_ID: "borrower ID",
  TRANSACTION_ID: "transaction ID",
  RECEIPT_NUMBER: "receipt number",
  NAME: "name",
  EMAIL: "email",
  PHONE: "phone",
  SEVERAL: "name, email and phone",
};

export default function SearchBox() {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [, navigate] = useLocation();
  const asked = useSettled(text.trim());
  const [query] = useQuery({
    query: SearchDocument,
    variables: { text: asked, first: MOST_SHOWN + 1 },
    requestPolicy: "network-only",
    pause: !isSearchable(asked),
  });
  useShortcut(() => {
    input.current?.focus();
    input.current?.select();
  });

  const isCurrent = asked === text.trim() && isSearchable(asked) && !query.fetching;
  const found = isCurrent ? (query.data?.search ?? []) : [];
  const shown = found.slice(0, MOST_SHOWN);
  const chosen = Math.min(active, shown.length - 1);

  function open(result: Result): void {
    setOpen(false);
    setText("");
    input.current?.blur();
    navigate(pathOf(result));
  }

  function press(event: KeyboardEvent): void {
    const moves: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = moves[event.key];
    if (step !== undefined && shown.length) {
      event.preventDefault();
      setOpen(true);
      setActive((chosen + step + shown.length) % shown.length);
    }
    if (event.key === "Enter" && isOpen && shown[chosen]) open(shown[chosen]);
    if (event.key === "Escape") {
      if (isOpen) event.preventDefault();
      setOpen(false);
    }
  }

  return (
    <div className="search" role="search">
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label="Find a borrower, loan or payment"
        aria-expanded={isOpen && shown.length > 0}
        aria-controls={`${id}-results`}
        aria-activedescendant={isOpen && shown.length ? `${id}-${chosen}` : undefined}
        aria-autocomplete="list"
        aria-keyshortcuts="Control+K Meta+K"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        placeholder="Find… (Ctrl K)"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setActive(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={press}
      />
      <div className="results" hidden={!isOpen || !isSearchable(text.trim())}>
        <ul role="listbox" id={`${id}-results`} aria-label="Found" hidden={!shown.length}>
          {shown.map((result, index) => (
            <li
              key={keyOf(result)}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === chosen}
              // The input keeps the focus, so that a click does not close the list before it counts.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => open(result)}
            >
              <ResultLine result={result} />
            </li>
          ))}
        </ul>
        <p role="status" className="small muted">
          {isCurrent ? describe(query.error ? failureOf(query.error).message : null, found.length) : "Searching…"}
        </p>
      </div>
    </div>
  );
}

function ResultLine({ result: { matched, user, loan, payment } }: { result: Result }) {
  const details = payment
    ? [payment.transactionId, loan && `Loan ${loan.id}`, user.name]
    : loan
      ? [user.name, loan.status !== "ACTIVE" && loan.status.toLowerCase()]
      : [user.aadhaarMasked, user.phone, user.email];
  return (
    <>
      <span className="row spread">
        <strong>
          {payment
            ? `Payment of ${formatRupees(payment.amount)} on ${formatDate(payment.paymentDate)}`
            : loan
              ? `Loan ${loan.id}: ${formatRupees(loan.amount)}`
              : user.name}
        </strong>
        <span className="tag">{MATCHES[matched]}</span>
      </span>
      <span className="small muted">{details.filter(Boolean).join(" · ")}</span>
    </>
  );
}

function describe(failure: string | null, count: number): string {
  if (failure) return failure;
  if (!count) return "Nothing was found.";
  if (count > MOST_SHOWN) return `The first ${MOST_SHOWN} results. Another word finds fewer.`;
  return count === 1 ? "1 result." : `${count} results.`;
}

const keyOf = ({ matched, user, loan, payment }: Result) => [matched, user.id, loan?.id, payment?.id].join("-");

function pathOf({ user, loan, payment }: Result): string {
  if (!loan) return paths.person(user.id);
  return paths.loan(loan.id, payment ? "payments" : undefined);
}

/** One letter finds too much, and one digit is an ID. Eleven digits are an Aadhaar number that is not complete. */
function isSearchable(text: string): boolean {
  const digits = text.replace(/[\s-]/g, "");
  return /^\d+$/.test(digits) ? digits.length !== 11 : text.length > 1;
}

/** The text once it has not changed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const pause = /^[\d\s-]+$/.test(text) ? PAUSE_IN_NUMBER_MS : PAUSE_MS;
    const timer = setTimeout(() => setSettled(text), pause);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function useShortcut(act: () => void): void {
  const select = useEffectEvent(act);
  useEffect(() => {
    function press(event: globalThis.KeyboardEvent): void {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey)
        return;
      event.preventDefault();
      select();
    }
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
