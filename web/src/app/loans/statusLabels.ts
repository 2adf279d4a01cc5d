/** The states of a loan in words. */
import type { LoanStatus } from "../../api/generated/graphql";

export const STATUS_LABELS: Record<LoanStatus, string> = {
  ACTIVE: "Active",
  CLOSED: "Closed",
  CANCELLED: "Cancelled",
  WRITTEN_OFF: "Written off",
};
