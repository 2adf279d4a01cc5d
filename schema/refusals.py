"""An expected no is an answer: a member of every mutation's result, with a code for each reason."""

import strawberry

from rules.refusals import ProblemCode
from schema.descriptions import explain

explain(
    ProblemCode,
    "Why something was refused. Where a problem names a field, show its message there; what else a code asks of a front"
    " end, it says. There may be new ones: treat a code that you do not know as its message.",
    {
        ProblemCode.INVALID_NAME: (
            "The name is blank, without a letter, in several lines, longer than 200 characters, or holds twelve digits"
            " that may be an Aadhaar number."
        ),
        ProblemCode.INVALID_EMAIL: "That is not an email address.",
        ProblemCode.EMAIL_TAKEN: "There is an account with this email. Offer to sign in.",
        ProblemCode.INVALID_AADHAAR: (
            "That is not an Aadhaar number: 12 digits, with or without spaces or hyphens between groups. With a"
            " lender who is strict the first is 2 to 9, and the last checks the others."
        ),
        ProblemCode.AADHAAR_TAKEN: "There is an account with this Aadhaar number. Offer to sign in.",
        ProblemCode.INVALID_ADDRESS: (
            "The address is longer than 1,000 characters, or holds twelve digits that may be an Aadhaar number."
        ),
        ProblemCode.INVALID_PHONE: (
            "That is not an Indian mobile number: 10 digits, of which the first is 6 to 9; +91, 91, 0091 or 0 may"
            " stand before it."
        ),
        ProblemCode.INVALID_INCOME: "The annual income is below 0.00.",
        ProblemCode.WEAK_PASSWORD: "The password is shorter than 10 characters, longer than 1,000, or easy to guess.",
        ProblemCode.INVALID_CONSENT: (
            "The version of the consent text is blank, in several lines, or longer than 100 characters: a mistake of"
            " the front end."
        ),
        ProblemCode.PASSWORD_ALREADY_SET: "The account has a password. Ask for the old one, and use changePassword.",
        ProblemCode.BAD_CREDENTIALS: (
            "The email or the password is wrong; which of the two, login does not say. Let them try again."
        ),
        ProblemCode.TOO_MANY_ATTEMPTS: (
            "Too many wrong passwords for this account from this network, or too many failures from this network for"
            " all accounts. Even the right password is refused, mostly for 15 minutes: show the message, which says how"
            " long, and do not send it again by yourself."
        ),
        ProblemCode.SESSION_EXPIRED: (
            "The refresh token is not good, or not any more: used before, too old, or its session ended. Forget both"
            " tokens, and ask to sign in."
        ),
        ProblemCode.CREDIT_SCORE_PENDING: (
            "The credit score is still being computed, mostly for a second. Wait for Subscription.creditScore, and send"
            " the application again."
        ),
        ProblemCode.CREDIT_SCORE_TOO_LOW: "The credit score is below Policy.minimumScore.",
        ProblemCode.INCOME_MISSING: "No annual income was given at registration, and it cannot be given later.",
        ProblemCode.INCOME_TOO_LOW: "The annual income is below Policy.minimumAnnualIncome.",
        ProblemCode.AMOUNT_TOO_LOW: "The amount of a loan or a payment is not more than 0.00.",
        ProblemCode.AMOUNT_TOO_HIGH: "The amount of a loan is above Policy.maximumAmount.",
        ProblemCode.TERM_OUT_OF_RANGE: "The term is not 1 to Policy.maximumTerm cycles.",
        ProblemCode.RATE_OUT_OF_RANGE: "The interest rate is not Policy.minimumRate to Policy.maximumRate.",
        ProblemCode.EXPOSURE_TOO_HIGH: (
            "The principal outstanding on the person's open loans, with this one, would be more than"
            " Policy.maximumExposure. The message says how much is outstanding: ask for less, or pay first."
        ),
        ProblemCode.TOO_MANY_LOANS: "The person has Policy.maximumLoans open loans. One has to be closed first.",
        ProblemCode.HAS_PAST_DUE: (
            "A bill of the person is past due: see Loan.pastDue of User.loans. It has to be paid before another loan."
        ),
        ProblemCode.INVALID_REQUEST_ID: (
            "A requestId is 1 to 64 letters, digits, and . _ : - without twelve digits that may be an Aadhaar number;"
            " another one is a mistake of the front end."
        ),
        ProblemCode.REQUEST_ID_CONFLICT: (
            "The requestId is that of another application, of a different amount, term or rate. Make a new requestId"
            " for a new application."
        ),
        ProblemCode.LOAN_NOT_FOUND: "There is no such loan, or it is somebody else's.",
        ProblemCode.LOANS_OPEN: "A loan is open: only who owes nothing can have their account erased.",
        ProblemCode.LOAN_CLOSED: "The loan is paid and closed. Fetch it again.",
        ProblemCode.AMOUNT_EXCEEDS_PAYOFF: (
            "A payment is more than closes the loan on its date; the message says how much does. Fetch Loan.payoff"
            " again."
        ),
        ProblemCode.PAYMENT_DATE_TOO_EARLY: (
            "The payment date is before the business date, or, from an operator, before the loan's latest event. The"
            " message says the earliest date that is taken. Leave the date out: it is then the business date."
        ),
        ProblemCode.PAYMENT_DATE_IN_FUTURE: "The payment date is after the business date.",
        ProblemCode.DUPLICATE_PAYMENT: (
            "A payment without a transactionId has the loan, amount and date of one that was taken, with a"
            " transactionId or without. The message names that one. If a second is meant, send it with a transactionId."
        ),
        ProblemCode.TRANSACTION_ID_CONFLICT: (
            "The transactionId is that of another payment, of a different loan, amount or date. A request without a"
            " date is compared without it. Make a new transactionId for a new payment."
        ),
        ProblemCode.INVALID_TRANSACTION_ID: (
            "A transactionId is 1 to 64 letters, digits, and . _ : - without twelve digits that may be an Aadhaar"
            " number; another one is a mistake of the front end."
        ),
        ProblemCode.BILLING_DATE_IN_FUTURE: "The date to bill is after the business date.",
        ProblemCode.BUSINESS_DATE_IN_PAST: "The business date is later already, and only moves forward.",
        ProblemCode.NOT_A_SANDBOX: "The business date is that of the calendar here: Policy.sandbox says so beforehand.",
    },
)


@strawberry.type(description="One reason for a no.")
class Problem:
    code: ProblemCode = strawberry.field(description="What it is, for programs: this is what to decide by.")
    message: str = strawberry.field(
        description="For a person to read, in English, in a sentence. It may be worded anew at any time."
    )
    field: str | None = strawberry.field(
        description="The input field or the argument it is about, as the schema spells it; null where it is about none."
    )


@strawberry.type(description="An expected no: every reason at once. Nothing was changed.")
class Refusal:
    problems: list[Problem] = strawberry.field(description="Every reason, at least one.")
