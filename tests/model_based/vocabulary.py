"""The possible steps, as lines: most of those drawn have an effect, and some are forbidden."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Lines = SearchStrategy[str]


def lines(*words: SearchStrategy[str] | str) -> Lines:
    """A line of words one after the other; an empty one is left out."""
    drawn = (st.just(word) if isinstance(word, str) else word for word in words)
    return st.tuples(*drawn).map(lambda said: " ".join(filter(None, said)))


def one_of(*words: str) -> SearchStrategy[str]:
    return st.sampled_from(words)


def whole(least: int, most: int) -> SearchStrategy[str]:
    return st.integers(least, most).map(str)


WHO = one_of("asha", "babu", "chitra")
PASSWORD = one_of("the first password", "the second password").map(lambda text: text.replace(" ", "-"))
MAYBE_NO_PASSWORD = st.one_of(st.just(""), PASSWORD)
INCOME = one_of("600000.00", "600000.00", "150000.00", "149999.99", "none")
PAISE = st.integers(1, 5_000_000).map(lambda paise: f"{paise // 100}.{paise % 100:02}")

REGISTRATIONS = st.one_of(
    lines("register", WHO, INCOME, MAYBE_NO_PASSWORD.map(lambda word: word and f"password={word}")),
    lines("register", WHO, INCOME, WHO.map("email={}".format)),
    lines("register", WHO, INCOME, WHO.map(lambda who: f"email={who.upper()}"), WHO.map("number={}".format)),
    lines(
        "register",
        WHO,
        st.lists(
            one_of("name", "address", "phone", "annualIncome", "email", "aadhaarId", "password", "consent"),
            min_size=1,
            max_size=8,
            unique=True,
        ).map(lambda fields: f"wrong={','.join(fields)}"),
    ),
)

SESSIONS = st.one_of(
    lines("login", WHO, st.one_of(PASSWORD, st.just("a-wrong-password"))),
    lines("refresh", WHO, one_of("", "again", "late")),
    lines("logout", WHO),
)
PASSWORDS = st.one_of(
    lines("set-password", WHO, st.one_of(PASSWORD, st.just("short"))),
    lines("change-password", WHO, PASSWORD, st.one_of(PASSWORD, st.just("short"))),
)
LEAVING = lines("leave", WHO, MAYBE_NO_PASSWORD)

ROW = st.one_of(
    st.builds("{}{}".format, WHO, one_of("+600000.00", "+10000.00", "+225000.00", "-0.01", "-15000.00", "+15000.00")),
    one_of("rubbish", "asha+0.01"),
)
HISTORIES = st.lists(ROW, min_size=1, max_size=6).map(lambda rows: f"import {' '.join(rows)}")
SCORES = st.one_of(HISTORIES, lines("score", WHO), st.just("sweep"))

# At 18.25 % a day of 10.00 or 1010.00 earns half a paisa more than a whole one.
RATE = st.one_of(
    one_of("10.5", "18.25", "18.25", "0", "36"), st.integers(0, 36_000).map(lambda rate: f"{rate / 1000:.3f}")
)
TERM = st.one_of(whole(1, 3), whole(1, 6), whole(1, 60))
LENT = st.one_of(one_of("50000.00", "1010.00", "10.00"), PAISE)
REQUEST = one_of("", "", "id=r", "id=s")
GOOD_APPLICATIONS = lines("apply", WHO, LENT, TERM, RATE, REQUEST)
APPLICATIONS = st.one_of(
    GOOD_APPLICATIONS,
    # few enough that one of them comes again, with the same values or others
    lines("apply", WHO, one_of("1010.00", "50000.00", "60000.00"), one_of("6", "12"), st.just("10.5"), st.just("id=r")),
    lines("apply", WHO, one_of("50000.01", "100.00"), TERM, st.just("12"), st.just("id=two/words")),
    lines("apply", WHO, one_of("0.00", "-1.00", "50000.01", "100.00"), one_of("0", "61", "-1", "1"), RATE),
    lines("apply", WHO, one_of("50000.01", "100.00"), TERM, one_of("36.001", "-0.001", "12")),
)

POLICIES = lines(
    "policy",
    one_of("", "exposure=60000.00", "exposure=1010.00"),
    one_of("", "loans=2", "loans=1", "loans=0"),
    one_of("", "rate=5", "rate=10.5"),
    one_of("", "past-due=yes"),
)

LOAN = one_of("1", "1", "2", "3")
USUAL = one_of("emi", "asked", "asked", "minimum", "payoff", "payoff", "half", "third")
AMOUNT = st.one_of(USUAL, USUAL, one_of("0.01", "100.00", "100.00"), PAISE)
ID = one_of("", "", "id=a", "id=b", "id=c", "id=d")
BY = one_of("", "", "", "by=operator")
PAYMENTS = st.one_of(
    lines("pay", LOAN, USUAL),
    lines("pay", LOAN, AMOUNT, ID, one_of("", "", "", "on=0", "on=-1"), BY),
    lines("pay", LOAN, AMOUNT, ID, one_of("on=-1", "on=-3", "on=0"), st.just("by=operator")),
)
ODD_PAYMENTS = st.one_of(
    lines("pay", LOAN, one_of("0.00", "-1.00", "more", "999999999999.99"), ID, one_of("", "on=1", "on=-40")),
    lines("pay", LOAN, AMOUNT, st.just("id=two/words")),
    lines("pay", LOAN, one_of("100.00", "emi"), ID, one_of("on=1", "on=-1", "on=-30", "on=-400"), BY),
    lines("pay", LOAN, AMOUNT, ID, WHO.map("by={}".format)),
)

BILLINGS = lines("bill", st.one_of(st.just("0"), st.just("0"), whole(-70, 1)))
DAYS = lines("move", st.one_of(one_of("30", "30", "15", "16", "1"), whole(1, 70), one_of("0", "-1", "45", "200")))
NOW = st.just("move 0")
LOOKS = lines("look-back", st.one_of(whole(0, 100), one_of("1000", "15", "30")))
TIMES = st.one_of(DAYS, DAYS, BILLINGS, LOOKS)
PEOPLE = st.one_of(REGISTRATIONS, SESSIONS, PASSWORDS, LEAVING, st.just("again"))


def _both(one: Lines, other: Lines) -> Lines:
    return st.tuples(one, other).map(lambda pair: f"together {pair[0]} | {pair[1]}")


def _twice(line: Lines) -> Lines:
    return line.map(lambda said: f"together {said} | {said}")


PAIRS_OF_PAYMENTS = st.one_of(
    _both(lines("pay 1", AMOUNT), lines("pay 1", AMOUNT)),
    _both(lines("pay 1", AMOUNT), st.just("bill 0")),
    _twice(PAYMENTS),
    _both(PAYMENTS, PAYMENTS),
    _both(PAYMENTS, st.just("bill 0")),
    _both(lines("pay", LOAN, AMOUNT, st.just("id=a")), lines("pay", LOAN, AMOUNT, st.just("id=a"))),
    # once with an id and once without
    one_of("100.00", "emi", "asked").map(lambda amount: f"together pay 1 {amount} | pay 1 {amount} id=a"),
)
PAIRS_OF_MONEY = st.one_of(
    _twice(st.just("bill 0")),
    _both(GOOD_APPLICATIONS, st.just("bill 0")),
    _both(GOOD_APPLICATIONS, GOOD_APPLICATIONS),
    _twice(APPLICATIONS),
    _both(st.one_of(PAYMENTS, GOOD_APPLICATIONS), lines("logout", WHO)),
    _both(LEAVING, GOOD_APPLICATIONS),
    _both(LEAVING, lines("pay", LOAN, st.just("payoff"))),
)

PAIRS_OF_PEOPLE = st.one_of(
    _both(lines("register", WHO, INCOME, st.just("email=dev")), lines("register", WHO, INCOME, st.just("email=dev"))),
    _twice(lines("register", WHO, INCOME)),
    _twice(lines("refresh", WHO)),
    _both(lines("refresh", WHO), lines("logout", WHO)),
    _both(lines("change-password", WHO, PASSWORD, PASSWORD), lines("login", WHO, PASSWORD)),
    _twice(lines("set-password", WHO, PASSWORD)),
    _both(LEAVING, lines("register", WHO, INCOME)),
    _both(lines("score", WHO), LEAVING),
    _twice(HISTORIES),
)

BEGINNINGS = st.tuples(
    lines("register asha 600000.00", MAYBE_NO_PASSWORD.map(lambda word: word and f"password={word}")),
    one_of("import asha+600000.00", "import asha+600000.00 babu+600000.00"),
    one_of("score asha", "sweep"),
    lines("apply asha", LENT, TERM, RATE),
    one_of("bill 0", "register babu 150000.00 password=the-first-password"),
).map(list)
