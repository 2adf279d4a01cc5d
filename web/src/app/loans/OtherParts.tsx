/** The parts of a payment that few payments have: charges, each with its reason, and a recovered claim. */
import { AmountFact, Fact } from "../../ui/Facts";
import { isZero } from "../../ui/money";
import { chargesPaid, type Part } from "./charges";

interface Props {
  payment: { charges: string; recovery: string; allocations: Part[] };
}

export function OtherParts({ payment: { charges, recovery, allocations } }: Props) {
  return (
    <>
      {!isZero(charges) && (
        <>
          <AmountFact name="Applied to charges" value={charges} />
          <Fact name="Charges paid">{chargesPaid(allocations).join(", ")}</Fact>
        </>
      )}
      {!isZero(recovery) && <AmountFact name="Applied to the claim" value={recovery} />}
    </>
  );
}
