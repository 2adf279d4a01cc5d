"""Operations through the API, and the loan of the lending rules' worked life to run them on."""

from typing import Any

from models.products import ProductVersion
from rules import products
from rules.sample_products import EMI
from tasks.audit_verification import verify as verify_audit
from tasks.verification import verify
from tests.builders import APPLY, PAY, Client, billed, on

FIGURES = "status principalBalance interestDue accruedInterest credit emi loanTerm payoff pastDue daysPastDue"
CHANGE = f"""__typename
  ... on Change {{ replayed before {{ {FIGURES} }} after {{ {FIGURES} }}
    loan {{ id status payoff emi pastDue daysPastDue }} otherLoan {{ id payoff }}
    events {{ id sequence kind effectiveOn amount cause reason madeBy void reverses {{ id kind amount }} }}
    restatedBills {{ cycle dueDate interest minimumDue pastDue }} voided {{ id }}
    postings {{ postedOn effectiveOn debit credit amount }} }}
  ... on Refusal {{ problems {{ code message field }} }}"""
OPERATE = f"mutation ($input: OperateInput!) {{ operate(input: $input) {{ {CHANGE} }} }}"
PREVIEW = f"""query ($loan: ID!, $operation: OperationInput!) {{
  preview(loanId: $loan, operation: $operation) {{ {CHANGE} }} }}"""


async def operated(operator: Client, loan_id: str, request_id: str, operation: dict[str, Any], **more: Any) -> Any:
    values = {"loanId": loan_id, "requestId": request_id, "reason": "the bank's letter", "operation": operation}
    return await operator.ask(OPERATE, input=values | more)


async def worked_loan(borrower: Client, operator: Client) -> str:
    """The loan of the lending rules' worked life, on 2026-04-03: events 2 and 3 are payments."""
    await on(operator, "2026-01-01")
    loan_id = str((await borrower.ask(APPLY, input={"amount": "50000", "loanTerm": 12, "interestRate": "10.5"}))["id"])
    for day, amount in (("2026-02-10", "1000.00"), ("2026-03-12", "6000.00")):
        await on(operator, day)
        await billed(day)
        await borrower.ask(PAY, input={"loanId": loan_id, "amount": amount})
    await on(operator, "2026-04-03")
    await billed("2026-04-03")
    return loan_id


async def emi_loan(borrower: Client, operator: Client) -> str:
    """The loan of the worked lives' product emi, with the installments of its first two bills paid."""
    await on(operator, "2026-01-05")
    await ProductVersion.create(name="emi", version=1, effective_from=EMI.effective_from, policies=products.text(EMI))
    order = {"amount": "120000", "loanTerm": 12, "interestRate": "12", "product": "emi"}
    loan_id = str((await borrower.ask(APPLY, input=order))["id"])
    for day in ("2026-02-05", "2026-03-05"):
        await on(operator, day)
        await billed(day)
        await borrower.ask(PAY, input={"loanId": loan_id, "amount": "10661.85"})
    return loan_id


async def is_clean() -> None:
    assert await verify() == []
    assert (await verify_audit()).faults == []


async def codes(operator: Client, loan_id: str, operation: dict[str, Any]) -> list[str]:
    found = await operator.ask(PREVIEW, loan=loan_id, operation=operation)
    return [one["code"] for one in found["problems"]]
