/** A radio button with a name, an amount and a hint. */
import { formatRupees } from "../../ui/money";

interface ChoiceProps {
  /** The radio buttons of a group exclude each other. */
  group?: string;
  name: string;
  amount?: string;
  hint?: string;
  isChecked: boolean;
  onCheck: () => void;
}

export function Choice({ group = "choice", name, amount, hint, isChecked, onCheck }: ChoiceProps) {
  return (
    <label className="choice">
      <input type="radio" name={group} checked={isChecked} onChange={onCheck} />
      <strong>{name}</strong>
      {amount && <strong className="number">{formatRupees(amount)}</strong>}
      {hint && <span className="muted">{hint}</span>}
    </label>
  );
}
