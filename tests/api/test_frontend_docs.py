"""The queries, the JavaScript, the commands and the codes of docs/frontend.md are correct."""

import ast
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import GraphQLError, parse, validate

from api.graphql.root import schema
from ops.commands import build_web
from rules.refusals import ProblemCode
from settings import ROOT, WEB
from tests.running import Place, free_port

GUIDE = ROOT / "docs" / "frontend.md"
TEXT = GUIDE.read_text()

# These words are HTTP's, not codes.
NO_CODES = {"GET", "HEAD", "POST", "OPTIONS", "WEBSOCKET", "DENY"}

# A client that uses the guide's JavaScript, and prints the results.
JOURNEY = """
const REGISTER = `mutation ($input: RegisterUserInput!) { registerUser(input: $input) {
  __typename ... on Session { accessToken refreshToken role } ... on Refusal { problems { code } } } }`;
const person = { name: "Asha Rao", email: "asha@example.com", aadhaarId: "2341 2341 2346", annualIncome: "600000" };
const signedOut = await ask("{ me { id } }").catch((error) => ({ code: error.code, requestId: error.requestId }));
session = (await ask(REGISTER, { input: person })).registerUser;
const found = await score();
live.dispose();

const refused = await asked(APPLY, { input: { amount: "90000", loanTerm: 99, interestRate: "10.5" } });
const { applyLoan: loan } = await asked(APPLY, { input: { amount: "50000", loanTerm: 12, interestRate: "10.5" } });

// The journey has no cookie.
const restored = (await restore()).__typename;

const before = session.refreshToken;
session.accessToken = "over";
const names = (await Promise.all([1, 2, 3].map(() => asked("{ me { name } }")))).map(({ me }) => me.name);
const isRenewed = session.refreshToken !== before;

const input = await intention(loan.id, "1000.00");
const payments = [await pay(input), await pay(input)];
const page = await asked(PAYMENTS, { id: loan.id });

await asked("mutation { logout }");
const ended = await asked("{ me { name } }").catch((error) => error.code);
const state = { isRenewed, isGone: !session, restored };

const SAMPLES = `mutation { createSampleAccounts { ... on SampleAccounts { operator { email password } } } }`;
session = (await ask(LOGIN, { input: (await ask(SAMPLES)).createSampleAccounts.operator })).login;
const { triggerBilling: run } = await asked("mutation { triggerBilling { ... on BillingRun { id } } }");
const runs = [];
for await (const one of rowsOf(BILLING_RUNS, "billingRuns")) runs.push(one.id);
const desk = {
  pastDue: await loansOf("PAST_DUE"),
  all: (await loansOf()).length,
  search: (await asked(SEARCH, { text: payments[0].payment.receiptNumber })).search,
  isListed: runs[0] === run.id,
};
const said = { signedOut, found, refused, loan, names, payments, page, ended, shown, day, desk, ...state };
console.log(JSON.stringify(said));
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def graphql(name: str) -> str:
    (found,) = (block for block in blocks("graphql") if re.search(rf"\b{name}\b\(", block))
    return found


@pytest.fixture
def folder(front_end: Path, tmp_path: Path) -> Path:
    """An empty folder, in which the packages of the front end are installed."""
    (tmp_path / "node_modules").symlink_to(front_end.parent / "node_modules")
    return tmp_path


@pytest.fixture
def environment() -> dict[str, str]:
    return build_web.variables(build_web.node())


@pytest.fixture(scope="module")
def stack(built: str) -> Iterator[Place]:
    """A running `kist up`, for all tests of the guide."""
    # Without the front end it runs too.
    assert not built or "not built" in built
    with tempfile.TemporaryDirectory(prefix="home-", ignore_cleanup_errors=True) as folder:
        home, port = Path(folder).resolve(), free_port()
        variables = {name: value for name, value in os.environ.items() if not name.startswith("KIST_")}
        variables |= {"KIST_HOME": str(home), "KIST_PORT": str(port), "KIST_COMPILED": "compare"}
        place = Place(home, port, variables)
        with place.start() as up:
            assert up.stdout is not None
            try:
                assert any("Ctrl-C stops everything" in line for line in up.stdout)
                yield place
            finally:
                up.terminate()
                up.communicate()
        assert place.left() == []


def at(place: Place, text: str) -> str:
    assert "127.0.0.1:8000" in text
    return text.replace("127.0.0.1:8000", f"127.0.0.1:{place.port}")


@pytest.mark.parametrize("query", blocks("graphql"))
def test_each_query_is_one_of_the_schema(query: str) -> None:
    assert validate(schema.core, parse(query)) == []


def test_a_query_of_another_schema_is_noticed() -> None:
    assert validate(schema.core, parse(graphql("Payments").replace("payments", "payouts")))
    with pytest.raises(GraphQLError):
        parse(graphql("Payments").replace("}", "", 1))


def test_the_javascript_does_what_the_guide_says(stack: Place, folder: Path, environment: dict[str, str]) -> None:
    texts = {
        **{"APPLY": graphql("Apply"), "PAYMENTS": graphql("Payments"), "LOGIN": graphql("Login")},
        **{"LOANS": graphql("Loans"), "SEARCH": graphql("Search"), "BILLING_RUNS": graphql("BillingRuns")},
    }
    constants = "".join(f"const {name} = {json.dumps(text)};\n" for name, text in texts.items())
    (folder / "guide.mjs").write_text(at(stack, "\n".join(blocks("js"))) + constants + JOURNEY)
    done = subprocess.run(
        [build_web.node(), "guide.mjs"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["signedOut"]["code"] == "UNAUTHENTICATED"
    assert said["signedOut"]["requestId"]
    assert said["found"] == 670
    unauthenticated, refused = map(json.loads, blocks("json"))
    assert {"data": said["refused"]} == refused
    assert unauthenticated["errors"][0]["extensions"]["code"] == said["signedOut"]["code"]
    assert said["loan"]["emi"] == "4406.03"
    assert (said["names"], said["isRenewed"]) == (["Asha Rao"] * 3, True)
    assert [payment["replayed"] for payment in said["payments"]] == [False, True]
    assert said["payments"][0]["payment"] == said["payments"][1]["payment"]
    assert said["page"]["loan"]["payments"]["totalCount"] == 1
    assert (said["ended"], said["isGone"], said["restored"]) == ("UNAUTHENTICATED", True, "Refusal")
    desk = said["desk"]
    assert [(loan["borrower"]["name"], loan["status"]) for loan in desk["pastDue"]] == [("Asha Verma", "ACTIVE")]
    # The journey's loan, and the three of the sample borrower.
    assert (desk["all"], desk["isListed"]) == (4, True)
    assert [(one["matched"], one["loan"]["id"]) for one in desk["search"]] == [("RECEIPT_NUMBER", said["loan"]["id"])]
    assert f"// {said['shown']}\n" in TEXT
    assert f"// {said['day']}\n" in TEXT


def test_the_commands_do_what_the_guide_says(stack: Place, folder: Path, environment: dict[str, str]) -> None:
    first, codegen, stream = (at(stack, block) for block in blocks("sh"))

    def said(script: str) -> str:
        done = subprocess.run(
            ["bash", "-e"], input=script, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert set(json.loads(said(first))["data"]) == {"businessDate"}
    assert said(stream).split() == ["event:", "next", "data:", *said(first).split(), "event:", "complete", "data:"]

    (folder / "src").mkdir()
    query = "query Me { me { annualIncome creditScoredAt loans { edges { node { dailyRate disbursedOn } } } } }"
    (folder / "src" / "me.ts").write_text(
        f'import {{ graphql }} from "./gql";\nexport const Me = graphql(`{query}`);\n'
    )
    install, *commands = codegen.splitlines()
    assert install.startswith("npm install --save-dev ")
    installed = json.loads((WEB / "package.json").read_text())
    assert set(install.split()[3:]) <= set(installed["dependencies"]) | set(installed["devDependencies"])
    # The npx of the wheel does not find npm, and would only run these programs.
    said("\n".join(commands).replace("npx ", "node_modules/.bin/"))
    made = (folder / "src" / "gql" / "graphql.ts").read_text()
    for name, kind in (("annualIncome", "string | null"), ("creditScoredAt", "string | null"), ("dailyRate", "string")):
        assert f"{name}: {kind}" in made


def rows(first: str) -> Iterator[str]:
    """The codes in the first column of the table with this first heading."""
    table = TEXT[TEXT.index(f"| {first} |") :].partition("\n\n")[0]
    for line in table.splitlines()[2:]:
        yield from re.findall(r"`([A-Z_]+)`", line.split("|")[1])


def test_every_code_is_in_its_table_once() -> None:
    assert sorted(rows("code")) == sorted(ProblemCode)
    assert sorted(rows("`extensions.code`")) == sorted(set(codes()))


GRAPHQL = [f"api/graphql/{name}" for name in ("persisted_queries", "session_view", "view", "websocket")]


def codes() -> Iterator[str]:
    """The codes in the modules that make errors."""
    for module in ("resolvers/errors", "schema/errors", "api/middleware", "api/refusals", *GRAPHQL):
        for node in ast.walk(ast.parse((ROOT / f"{module}.py").read_text())):
            word = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if re.fullmatch(r"[A-Z]+(_[A-Z]+)*", word) and word not in NO_CODES:
                yield word


def test_every_file_the_guide_links_to_is_there() -> None:
    assert all((GUIDE.parent / path).exists() for path in re.findall(r"\]\(([^)#:]+)\)", TEXT))
    headings = {
        re.sub(r"[^a-z ]", "", line[3:].lower()).replace(" ", "-") for line in TEXT.splitlines() if line[:3] == "## "
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings
