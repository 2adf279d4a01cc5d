"""People's identity: register, sign in, stay signed in, change their password, leave."""

from typing import Any

from models import database
from tests.builders import LOGIN, REFUSAL, REGISTER
from tests.model_based.doors import Doors, field_of
from tests.model_based.lender import NUMBERS, Expected, Lender, Person, Session, Step, error, no

REFRESH = f"""mutation ($input: RefreshSessionInput!) {{ refreshSession(input: $input) {{ __typename {REFUSAL}
  ... on Session {{ accessToken refreshToken role user {{ email }} }} }} }}"""
LOGOUT = "mutation { logout }"
SET = f"mutation ($input: SetPasswordInput!) {{ setPassword(input: $input) {{ __typename {REFUSAL} }} }}"
CHANGE = f"mutation ($input: ChangePasswordInput!) {{ changePassword(input: $input) {{ __typename {REFUSAL} }} }}"
DELETE = f"mutation ($password: String) {{ deleteMe(password: $password) {{ __typename {REFUSAL} }} }}"

# The mistakes that a person may make at registration, and their codes.
WRONG = {
    "name": ("  ", "INVALID_NAME"),
    "address": ("x" * 1001, "INVALID_ADDRESS"),
    "phone": ("12345", "INVALID_PHONE"),
    "annualIncome": ("-0.01", "INVALID_INCOME"),
    "email": ("nobody", "INVALID_EMAIL"),
    "aadhaarId": ("1234", "INVALID_AADHAAR"),
    "password": ("too short", "WEAK_PASSWORD"),
    "consent": (" ", "INVALID_CONSENT"),
}


def register(_: Lender, who: str, *words: str) -> Step:
    """`register asha 600000.00 password=… email=babu number=babu wrong=name,phone`; the income may be `none`."""
    said = dict(word.split("=") for word in words if "=" in word)
    income = next((word for word in words if "=" not in word and word != "none"), None)
    person = {
        "name": who.title(),
        "email": f"{said.get('email', who)}@kist.test",
        "aadhaarId": NUMBERS[said.get("number", who).lower()],
        "annualIncome": income,
        "password": said.get("password"),
    }
    wrong = said["wrong"].split(",") if "wrong" in said else []
    person |= {name: WRONG[name][0] for name in wrong}

    def expect(lender: Lender) -> Expected:
        if wrong:
            return no(*(WRONG[name][1] for name in wrong))
        here = [one for one in lender.people if not one.erased]
        taken = {
            "EMAIL_TAKEN": str(person["email"]).lower() in {one.email.lower() for one in here},
            "AADHAAR_TAKEN": person["aadhaarId"] in {one.number for one in here},
        }
        if any(taken.values()):
            return no(*(code for code, is_taken in taken.items() if is_taken))
        fresh = Person(who, who.title(), str(person["email"]), str(person["aadhaarId"]), income, person["password"])
        lender.people.append(fresh)
        user = {name: value for name, value in profile(fresh).items() if name not in {"annualIncome"}}
        return Expected({"__typename": "Session", "role": "BORROWER", "user": user}, lambda raw: opened(fresh, raw))

    return Step(lambda doors: doors.post("", REGISTER, input=person), expect)


def profile(person: Person) -> dict[str, Any]:
    """The visible data of a person, also after they have left."""
    if person.erased:
        return {
            "name": "erased",
            "email": f"erased-{person.id}@erased.invalid",
            "aadhaarMasked": "XXXX XXXX 0000",
            "annualIncome": None,
            "creditScore": None,
        }
    return {
        "name": person.name,
        "email": person.email,
        "aadhaarMasked": f"XXXX XXXX {person.number[-4:]}",
        "annualIncome": person.income,
        "creditScore": person.score,
    }


def opened(person: Person, raw: Any) -> None:
    """Note a new session."""
    session = field_of(raw)
    if session["user"].get("id"):
        person.id = session["user"]["id"]
    person.sessions.append(Session(access=[session["accessToken"]], refresh=[session["refreshToken"]]))


def login(lender: Lender, who: str, password: str) -> Step:
    place = lender.named(who)
    email = lender.people[place].email if place is not None else f"{who}@kist.test"

    def expect(lender: Lender) -> Expected:
        person = next((one for one in lender.people if one.email == email and not one.erased), None)
        code = lender.try_password(email.lower(), person is not None and person.password == password)
        if code or person is None:
            return no(str(code))
        return Expected({"__typename": "Session", "role": "BORROWER", "user": {}}, lambda raw: opened(person, raw))

    return Step(lambda doors: doors.post("", LOGIN, input={"email": email, "password": password}), expect)


async def _make_it_seem(moment: str) -> None:
    """That every refresh token that has been used was used then."""
    await database.execute(f"UPDATE refresh_tokens SET rotated_at = {moment} WHERE rotated_at IS NOT NULL")


def refresh(lender: Lender, who: str, how: str = "") -> Step | None:
    """With the newest token; `again` twice with it, at once; `late` with one used before, and longer ago than a while.

    None where there is no such token.
    """
    place = lender.named(who)
    session = lender.people[place].sessions[-1] if place is not None else None
    depth = 2 if how == "late" else 1
    if session is None or len(session.refresh) < depth:
        return None
    token = session.refresh[-depth]

    async def send(doors: Doors) -> Any:
        if how == "late":
            await _make_it_seem("now() - interval '11 seconds'")
        first = await doors.post("", REFRESH, input={"refreshToken": token})
        if how != "again" or "refreshToken" not in field_of(first):
            return first
        await _make_it_seem("now() + interval '5 minutes'")  # so that a slow machine is quick enough
        second = await doors.post("", REFRESH, input={"refreshToken": token})
        assert field_of(second).get("refreshToken") == field_of(first)["refreshToken"], second
        return second

    def expect(lender: Lender) -> Expected:
        person, session = next((owner, one) for owner, one in lender.sessions() if token in one.refresh)
        if not session.live:
            return no("SESSION_EXPIRED")
        if how == "late":
            session.live = False
            return no("SESSION_EXPIRED")

        def note(raw: Any) -> None:
            fresh = field_of(raw)
            session.access.append(fresh["accessToken"])
            if fresh["refreshToken"] not in session.refresh:
                assert session.refresh[-1] == token, "a token leads to one other"
                session.refresh.append(fresh["refreshToken"])

        answer = {"__typename": "Session", "role": "BORROWER", "user": {"email": person.email}}
        return Expected(answer, note)

    return Step(send, expect)


def logout(lender: Lender, who: str) -> Step:
    token = lender.token_of(who)

    def expect(lender: Lender) -> Expected:
        bearer = lender.bearer(token)
        if bearer is None:
            return error("UNAUTHENTICATED")
        bearer[1].live = False
        return Expected({"answer": True})

    return Step(lambda doors: doors.post(token, LOGOUT), expect)


def set_password(lender: Lender, who: str, password: str) -> Step:
    token = lender.token_of(who)

    def expect(lender: Lender) -> Expected:
        bearer = lender.bearer(token)
        if bearer is None:
            return error("UNAUTHENTICATED")
        if len(password) < 10:
            return no("WEAK_PASSWORD")
        if bearer[0].password is not None:
            return no("PASSWORD_ALREADY_SET")
        bearer[0].password = password
        return Expected({"__typename": "PasswordChange"})

    return Step(lambda doors: doors.post(token, SET, input={"password": password}), expect)


def change_password(lender: Lender, who: str, old: str, new: str) -> Step:
    token = lender.token_of(who)

    def expect(lender: Lender) -> Expected:
        bearer = lender.bearer(token)
        if bearer is None:
            return error("UNAUTHENTICATED")
        if len(new) < 10:
            return no("WEAK_PASSWORD")
        person, session = bearer
        if code := lender.try_password(person.email.lower(), person.password == old):
            return no(code)
        person.password = new
        person.end(but=session)
        return Expected({"__typename": "PasswordChange"})

    return Step(lambda doors: doors.post(token, CHANGE, input={"oldPassword": old, "newPassword": new}), expect)


def leave(lender: Lender, who: str, password: str = "") -> Step:
    token = lender.token_of(who)

    def expect(lender: Lender) -> Expected:
        bearer = lender.bearer(token)
        if bearer is None:
            return error("UNAUTHENTICATED")
        person, _ = bearer
        if person.password is not None and (
            code := lender.try_password(person.email.lower(), person.password == password)
        ):
            return no(code)
        place = lender.people.index(person)
        if any(one.owner == place and one.banker.closed_on is None for one in lender.accounts):
            return no("LOANS_OPEN")
        for row in [row for row in lender.rows if row[0] == person.number]:
            del lender.rows[row]
        person.erased = True
        person.end()
        return Expected({"__typename": "Erasure"})

    return Step(lambda doors: doors.post(token, DELETE, password=password), expect)
