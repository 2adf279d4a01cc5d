/** The steps of a correction: its form, then its effect before anything is stored, then the correction itself. */
import { useState } from "react";
import { useForm } from "react-hook-form";
import { newId } from "../../api/ids";
import type { Change, Correction, Order } from "./corrections";
import { CorrectionForm, type CorrectionText } from "./CorrectionForm";
import { CorrectionPreview } from "./CorrectionPreview";

interface Props {
  loanId: string;
  correction: Correction;
  onDone: () => void;
  onCancel: () => void;
}

export function CorrectionSteps({ loanId, correction, onDone, onCancel }: Props) {
  // One id for the correction: a second click or a lost connection never makes it twice.
  const [requestId] = useState(newId);
  const [seen, setSeen] = useState<{ order: Order; change: Change } | null>(null);
  const form = useForm<CorrectionText>({
    defaultValues: { cause: "", toLoanId: "", amount: "", until: "", reason: "" },
  });
  if (!seen) {
    return (
      <CorrectionForm
        loanId={loanId}
        correction={correction}
        form={form}
        onSeen={(order, change) => setSeen({ order, change })}
        onCancel={onCancel}
      />
    );
  }
  return (
    <CorrectionPreview
      loanId={loanId}
      correction={correction}
      requestId={requestId}
      {...seen}
      onDone={onDone}
      onChange={() => setSeen(null)}
    />
  );
}
