"""The `lp-engagement` command: JSON in, JSON out, documented exit codes, and no ids unless requested."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points, version
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import lp_engagement.cli
from lp_engagement import EngagementClient
from lp_engagement.cli.group import COMMANDS, group
from lp_engagement.errors import StoreError
from lp_engagement.simulator import Campaign, Fault, Simulator
from lp_engagement.stores import MemoryStore
from tests.helpers import PAUSES, SID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

ACCOUNT, KEY = "12345678", "customer-4711"
CART = {"type": "cart", "total": 11.7, "numItems": 1}
CANARY = "Canary-Value"


class Shell:
    """Runs the command in this process, against a simulator that is served on the loopback."""

    def __init__(self, simulator: Simulator, url: str, folder: Path) -> None:
        self.simulator = simulator
        self.folder = folder
        self.url = url
        self.store = f"sqlite:///{folder / 'visits.db'}"

    def arguments(self, *more: str) -> list[str]:
        """The arguments that every call of `engage` here begins with."""
        return ["engage", "--account", ACCOUNT, "--key", KEY, "--base-url", self.url, "--store", self.store, *more]

    def engage(self, *more: str, given: Any = None) -> Result:
        """Run `engage`; `given` is its stdin, converted to JSON unless it is a string."""
        text = given if isinstance(given, str) else json.dumps(given)
        return run(*self.arguments(*more), given=text)

    def file(self, value: Any, name: str = "input.json") -> str:
        """Write JSON to a file."""
        path = self.folder / name
        path.write_text(json.dumps(value), encoding="utf-8")
        return str(path)


def run(*arguments: str, given: str | None = None) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(group, arguments, input=given, prog_name="lp-engagement")


def python(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a Python of its own."""
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=False, **more)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LP_ACCOUNT_ID", "LP_BASE_URL", "LP_DOMAIN", "LP_VISIT_STORE", "LP_TIMEOUT", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell with a simulator that answers at once."""
    simulator = Simulator()
    with simulator.serve() as server:
        yield Shell(simulator, server.url, tmp_path)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The requested pauses; none is really waited."""
    asked: list[float] = []
    monkeypatch.setattr("lp_engagement._common.clock.time.sleep", asked.append)
    return asked


# ----------------------------------------------------------------------------------------------------- start-up


# What the interpreter has loaded by itself does not count, such as what measures coverage.
NOTED = "import sys; before = set(sys.modules); "
LOADED = "set(sys.modules) - before"


def test_importing_the_command_loads_nothing() -> None:
    """The entry point alone loads no click, no HTTP library, no validator and no simulator."""
    heavy = ["click", "httpx", "jsonschema", "jsonschema_rs", "sqlite3", "lp_engagement.simulator"]
    script = f"{NOTED}import lp_engagement.cli; print([name for name in {heavy} if name in {LOADED}])"
    assert python("-c", script).stdout.strip() == "[]"


def test_a_command_that_is_not_run_is_not_loaded() -> None:
    """A command does not load the modules of another."""
    script = (
        "import sys; from lp_engagement.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: print([each for each in sys.modules if each.startswith('lp_engagement.cli.')])"
    )
    loaded = python("-c", script).stdout.splitlines()[-1]
    assert "lp_engagement.cli.group" in loaded
    assert not any(f"cli.{name}" in loaded for name in COMMANDS)


def test_help_loads_no_client() -> None:
    """The list of commands and their help come at once: no client, HTTP library, validator or simulator is loaded."""
    heavy = ["httpx", "jsonschema_rs", "lp_engagement.client", "lp_engagement.simulator", "sqlite3"]
    for arguments in ([], *([name] for name in COMMANDS)):
        script = (
            f"{NOTED}from lp_engagement.cli import main\n"
            f"try: main({[*arguments, '--help']})\n"
            f"except SystemExit: print([name for name in {heavy} if name in {LOADED}])"
        )
        assert python("-c", script).stdout.splitlines()[-1] == "[]"


def test_without_click_the_command_says_what_to_install() -> None:
    """Without the extra there is one clear sentence, no traceback, and exit code 2."""
    script = "import sys; sys.modules['click'] = None; from lp_engagement.cli import main; sys.exit(main(['demo']))"
    done = python("-c", script)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "The lp-engagement command needs the extra `cli`. Install it from where the package came from, e.g. "
        "python3 -m pip install '/path/to/lp-engagement[cli]'.\n"
    )


def test_the_entry_point_is_the_one_that_pyproject_names() -> None:
    """`lp-engagement` runs `lp_engagement.cli:main`."""
    (script,) = entry_points(group="console_scripts", name="lp-engagement")
    assert script.load() is lp_engagement.cli.main


def test_python_dash_m_is_the_same_command() -> None:
    """`python -m lp_engagement.cli` works and goes by the command's name."""
    done = python("-m", "lp_engagement.cli", "--version")
    assert (done.returncode, done.stdout) == (0, f"lp-engagement, version {version('lp-engagement')}\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_listed_and_explains_itself(name: str) -> None:
    """The group's help lists each command, and each command has its own help."""
    assert f"\n  {name} " in run("--help").stdout
    own = run(name, "--help")
    assert own.exit_code == 0
    assert own.stdout.startswith(f"Usage: lp-engagement {name} [OPTIONS]")


@pytest.mark.parametrize("arguments", [[], ["frobnicate"], ["engage"], ["engage", "--key", "k", "--frobnicate"]])
def test_usage_errors_end_with_2(arguments: list[str]) -> None:
    """A command line that cannot be understood ends with exit code 2, and nothing on stdout but perhaps help."""
    done = run(*arguments)
    assert done.exit_code == 2
    assert "Usage: lp-engagement" in done.stderr + done.stdout


# ------------------------------------------------------------------------------------------------- asking


def test_engage_prints_the_engagement(shell: Shell) -> None:
    """One call prints one JSON object, with the documented names and string ids."""
    done = shell.engage("--sdes", "-", "--section", "Support", "--section", "English", given=[CART])
    assert (done.exit_code, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert list(told) == ["status", "available", "engagement", "expiresAt", "newSession", "saved"]
    assert (told["status"], told["available"], told["newSession"], told["saved"]) == ("Available", True, False, True)
    assert told["expiresAt"].endswith("+00:00")
    assert (
        told["engagement"].items()
        >= {
            "campaignId": "3346848610",
            "engagementId": "3562981110",
            "contextId": "1",
            "windowId": "3346847910",
            "language": "en-US",
            "engagementRevision": 44,
            "validForSeconds": 900,
            "skillId": "23",
            "skillName": "TestSkill",
            "connectorId": "568046210",
        }.items()
    )
    assert shell.simulator.journal.last().body == {
        "appType": "EXTERNAL",
        "consumerSections": ["Support", "English"],
        "engagementAttributes": [CART],
    }


def test_engage_without_an_offer(shell: Shell) -> None:
    """That there is no engagement is an answer like any other: exit code 0, and no details."""
    shell.simulator.campaigns.clear()
    done = shell.engage()
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert (told["status"], told["available"], told["engagement"]) == ("NotAvailable", False, None)
    assert told["expiresAt"] is None


def test_app_type_and_app_details_are_sent(shell: Shell) -> None:
    """The options about the app arrive in the body."""
    details = shell.file({"os": "LINUX", "appVersion": "1.0"})
    assert shell.engage("--app-type", "MSDK", "--app-details", details).exit_code == 0
    assert shell.simulator.journal.last().body == {
        "appType": "MSDK",
        "appDetails": {"os": "LINUX", "appVersion": "1.0"},
    }


def test_one_attribute_needs_no_list(shell: Shell) -> None:
    """A lone object counts as a list of one, and a byte order mark does no harm."""
    assert shell.engage("--sdes", "-", given="\ufeff" + json.dumps(CART)).exit_code == 0
    assert shell.simulator.journal.last().body["engagementAttributes"] == [CART]


def test_a_second_process_goes_on_with_the_visit(shell: Shell) -> None:
    """Two runs with the same store, each a process of its own, are one visitor and one session."""
    runs = [python("-m", "lp_engagement.cli", *shell.arguments("--show-ids")) for _ in range(2)]
    assert [done.returncode for done in runs] == [0, 0], runs
    first, second = (json.loads(done.stdout)["ids"] for done in runs)
    assert (first["visitorId"], first["sessionId"]) == (second["visitorId"], second["sessionId"])
    entry = shell.simulator.journal.last()
    assert entry.parameters["visitorId"] == first["visitorId"]
    assert entry.query[SID] == first["sessionId"]


def test_environment_and_arguments(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Account and store come from the environment where no argument names them."""
    monkeypatch.setenv("LP_ACCOUNT_ID", "from_environment")
    monkeypatch.setenv("LP_VISIT_STORE", shell.store)
    assert run("engage", "--key", KEY, "--base-url", shell.url).exit_code == 0
    assert shell.simulator.visitors("from_environment")
    assert (shell.folder / "visits.db").exists()


def test_ids_are_shown_only_when_asked_for(shell: Shell) -> None:
    """Visitor, session and page id are in the output with --show-ids, and nowhere without."""
    shown = json.loads(shell.engage("--show-ids").stdout)["ids"]
    assert sorted(shown) == ["pageId", "sessionId", "visitorId"]
    assert all(shown.values())
    shell.simulator.script(ACCOUNT, [Fault(404, json.dumps({"message": f"vid {shown['visitorId']}"}).encode())])
    for done in (shell.engage(), shell.engage("--json-errors"), shell.engage("--update"), shell.engage("--dry-run")):
        assert not any(value in done.output for value in shown.values())


# --------------------------------------------------------------------------------------------------- updating


def impression(kind: str, **more: Any) -> dict[str, Any]:
    """An impression event of the simulator's engagement."""
    return {"type": kind, "campaign": 3346848610, "engId": 3562981110, "revision": 44, **more}


def test_impressions_update_the_visit(shell: Shell) -> None:
    """With impressions the one request is the PUT, in the session and with the page id that the store knows."""
    ids = json.loads(shell.engage("--show-ids").stdout)["ids"]
    events = [impression("impDisplay", eContext=[{"type": "engagementContext", "id": "1"}]), impression("impClose")]
    done = shell.engage("--impressions", shell.file(events), "--sdes", "-", "--show-ids", given=CART)
    assert json.loads(done.stdout) == {"updated": True, "ids": ids}
    assert [entry.method for entry in shell.simulator.journal] == ["POST", "PUT"]
    assert shell.simulator.journal.last().body == {
        "pageId": ids["pageId"],
        "impAttributes": events,
        "engagementAttributes": [CART],
    }


def test_update_without_impressions(shell: Shell) -> None:
    """--update sends attributes alone to the visit's session."""
    shell.engage()
    done = shell.engage("--update", "--sdes", "-", given=CART)
    assert json.loads(done.stdout) == {"updated": True}
    assert sorted(shell.simulator.journal.last().body) == ["engagementAttributes", "pageId"]


def test_an_update_needs_a_visit(shell: Shell) -> None:
    """An update of a visit that nobody opened ends with 1 and says what to run first."""
    done = shell.engage("--update")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("VisitNotStartedError: ")
    assert "without --update, first" in done.stderr
    assert not shell.simulator.journal


# ---------------------------------------------------------------------------------------------------- retries


def test_each_pause_is_told(pauses: list[float]) -> None:
    """A loading account is asked again after the documented pauses, and stderr has a line for each."""
    simulator = Simulator(cold=2)
    with simulator.serve() as server:
        done = run("engage", "--account", ACCOUNT, "--key", KEY, "--base-url", server.url, "--store", "memory://")
    assert (done.exit_code, pauses) == (0, PAUSES[:2])
    assert done.stderr.splitlines() == [
        f"{operation}: HTTP 500 (AccountLoadingError). Next try in {pause} s."
        for operation, pause in zip(("createSession", "resumeSession"), PAUSES, strict=False)
    ]
    assert json.loads(done.stdout)["available"]


def test_no_retry(shell: Shell, pauses: list[float]) -> None:
    """--no-retry tries once, and the error has the code, the hint and exit code 1."""
    shell.simulator.make_cold(ACCOUNT)
    done = shell.engage("--no-retry")
    assert (done.exit_code, pauses, len(shell.simulator.journal)) == (1, [], 1)
    assert done.stderr.startswith("AccountLoadingError: createSession was answered with HTTP 500 (internal code 20)")
    assert "Try again in a minute." in done.stderr


def test_the_deadline_says_what_went_wrong_before(shell: Shell, pauses: list[float]) -> None:
    """A pause that does not fit into --deadline is not begun, and the error is that of the last attempt."""
    shell.simulator.make_cold(ACCOUNT)
    done = shell.engage("--deadline", "4")
    assert (done.exit_code, pauses) == (1, [])
    assert done.stderr.startswith("DeadlineExceeded: ")
    assert "The last try ended with AccountLoadingError (HTTP 500)." in done.stderr


def test_the_deadline_raises_no_doubt_where_there_is_none(shell: Shell, pauses: list[float]) -> None:
    """Where no connection was established, running out of time does not make the server a suspect."""
    done = shell.engage("--json-errors", "--base-url", "http://127.0.0.1:1", "--deadline", "4")
    told = json.loads(done.stderr)
    assert (told["type"], told["attempts"][0]["error"]) == ("DeadlineExceeded", "ConnectError")
    assert told["maybeSent"] is False


def test_a_4xx_is_not_sent_again_whatever_its_code(shell: Shell, pauses: list[float]) -> None:
    """A 429 with the internal code 20 is still a 429."""
    shell.simulator.script(ACCOUNT, [Fault(429, b'{"time": 1, "message": "slow down", "internalCode": 20}')])
    assert (shell.engage().exit_code, pauses) == (1, [])


# -------------------------------------------------------------------------------------------------- failures


def test_a_bad_payload_ends_with_1_and_is_not_sent(shell: Shell) -> None:
    """Each problem is listed with its place and fix; nothing is sent, and no value is repeated."""
    done = shell.engage("--sdes", "-", given=[{"type": "personal", "personal": {"firstName": CANARY}}])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "/engagementAttributes/0/personal/firstName" in done.stderr
    assert "Did you mean `firstname`?" in done.stderr
    assert CANARY not in done.stderr
    assert not shell.simulator.journal


def test_api_errors_as_json(shell: Shell, pauses: list[float]) -> None:
    """With --json-errors stderr is one object with type, status, code, hint and all attempts, retried or not."""
    body = json.dumps({"time": 1, "message": "Illegal Version", "internalCode": 33}).encode()
    shell.simulator.script(ACCOUNT, [Fault(503), Fault(400, body)])
    done = shell.engage("--json-errors")
    assert (done.exit_code, done.stdout) == (1, "")
    told = json.loads(done.stderr)
    seconds = [attempt.pop("seconds") for attempt in told["attempts"]]
    assert all(isinstance(each, float) for each in seconds)
    assert told.pop("message").startswith("createSession was answered with HTTP 400 (internal code 33)")
    assert told == {
        "type": "BadRequestError",
        "status": 400,
        "operation": "createSession",
        "internalCode": 33,
        "serverMessage": "Illegal Version",
        "hint": "The API version or another parameter is not supported.",
        "attempts": [
            {"number": 1, "status": 503, "error": "ServiceUnavailableError", "pause": PAUSES[0]},
            {"number": 2, "status": 400, "error": "BadRequestError", "internalCode": 33},
        ],
    }


def test_payload_errors_as_json(shell: Shell) -> None:
    """The object of a bad payload lists the problems field by field."""
    done = shell.engage("--json-errors", "--sdes", "-", given=CART | {"total": "11.70"})
    told = json.loads(done.stderr)
    assert (done.exit_code, told["type"], len(told["problems"])) == (1, "PayloadError", 1)
    assert told["problems"][0]["pointer"] == "/engagementAttributes/0/total"
    assert sorted(told["problems"][0]) == ["hint", "level", "message", "name", "pointer", "rule", "source"]


def test_transport_errors_as_json(shell: Shell) -> None:
    """The object of a connection that was cut says that the server may have acted upon the request."""
    shell.simulator.script(ACCOUNT, [Fault.drop()])
    done = shell.engage("--json-errors", "--no-retry")
    told = json.loads(done.stderr)
    assert (done.exit_code, told["type"], told["maybeSent"]) == (1, "TransportError", True)


def test_a_doubt_is_put_into_words(shell: Shell) -> None:
    """The message for people names the same fact."""
    shell.simulator.script(ACCOUNT, [Fault.drop()])
    assert "The server may have acted upon the request." in shell.engage().stderr


def test_unexpected_answers_as_json(shell: Shell) -> None:
    """The object of an answer that is none of the API's names its status."""
    shell.simulator.script(ACCOUNT, [Fault(200, b"<html>")])
    done = shell.engage("--json-errors")
    told = json.loads(done.stderr)
    assert (done.exit_code, told["type"], told["status"]) == (1, "UnexpectedResponseError", 200)


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["--base-url", "http://example.com"], "--base-url"),
        (["--domain", "https://example.com", "--base-url", ""], "domain"),
        (["--store", "nosql://x"], "scheme"),
        (["--timeout", "nan"], "timeout"),
        (["--account", "../12345678"], "account id"),
        (["--key", ""], "key"),
    ],
)
def test_unusable_options_end_with_2(shell: Shell, arguments: list[str], word: str) -> None:
    """A usage error ends with exit code 2 and is named; nothing is sent."""
    done = shell.engage(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("ConfigurationError: ")
    assert word in done.stderr
    assert not shell.simulator.journal


def test_a_store_that_cannot_be_used_ends_with_2(shell: Shell) -> None:
    """A file that is no visit store is left alone, and nothing is sent."""
    done = shell.engage("--store", f"sqlite:///{shell.file('precious')}")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("StoreError: ")
    assert not shell.simulator.journal


def test_a_visit_that_cannot_be_saved(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is printed all the same; `saved` and a line on stderr say that the next call will not know it."""

    def fail(*_: Any) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(MemoryStore, "save", fail)
    done = shell.engage("--store", "memory://", "--show-ids")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["available"], told["saved"]) == (0, True, False)
    assert told["ids"]["visitorId"]
    assert "could not be saved" in done.stderr


def test_an_internal_error_ends_with_3(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own mistake ends with 3 and names its place, but not its text, which could hold anything."""

    def fail(*_: Any) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(EngagementClient, "visit", fail)
    done = shell.engage()
    assert (done.exit_code, done.stdout) == (3, "")
    assert done.stderr.startswith("Internal error: RuntimeError in test_cli.py, line ")
    assert CANARY not in done.stderr


def test_ctrl_c_ends_as_shells_expect(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted call ends with 130, without a traceback."""

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(EngagementClient, "visit", interrupt)
    done = shell.engage()
    assert (done.exit_code, done.output.strip()) == (130, "")


# ---------------------------------------------------------------------------------------------------- input


@pytest.mark.parametrize(
    "text, word",
    [
        (f'[{{"type": "{CANARY}"', "line 1, column "),
        (f'\n"{CANARY}"', "a JSON array of objects, or one object"),
        ("", "invalid JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"total": ' + "9" * 5_000 + "}", "thousands of digits"),
    ],
    ids=["unfinished", "text", "empty", "deep", "long number"],
)
def test_input_that_is_no_json_ends_with_2(shell: Shell, text: str, word: str) -> None:
    """Input that cannot be read is named by its place, never by what it holds, and nothing is sent."""
    done = shell.engage("--sdes", "-", given=text)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--sdes" in done.stderr
    assert word in done.stderr
    assert CANARY not in done.stderr
    assert not shell.simulator.journal


def test_input_that_is_not_utf8_ends_with_2(shell: Shell) -> None:
    """Bytes that are not UTF-8 are named by their place."""
    path = shell.folder / "latin1.json"
    path.write_bytes('[{"type": "é"}]'.encode("latin-1"))
    done = shell.engage("--sdes", str(path))
    assert done.exit_code == 2
    assert "line 1, column 12: the text is not valid UTF-8" in done.stderr


def test_app_details_must_be_an_object(shell: Shell) -> None:
    """A list is no object."""
    done = shell.engage("--app-details", "-", given=[])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "must be a JSON object" in done.stderr


@pytest.mark.parametrize(
    "arguments, word",
    [
        (["--sdes", "no-such-file.json"], "no-such-file.json"),
        (["--sdes", "-", "--impressions", "-"], "Only one of the inputs can be stdin"),
        (["--update", "--section", "Support"], "--section"),
        (["--update", "--app-details", "-"], "--app-details"),
    ],
)
def test_options_that_do_not_go_together_end_with_2(shell: Shell, arguments: list[str], word: str) -> None:
    """A combination that makes no sense is refused before anything is sent."""
    done = shell.engage(*arguments, given=[])
    assert (done.exit_code, done.stdout) == (2, "")
    assert word in done.stderr
    assert not shell.simulator.journal


# -------------------------------------------------------------------------------------------------- dry run


def test_a_dry_run_sends_nothing(shell: Shell) -> None:
    """It prints the request as it would go out, and neither the server nor the store sees anything."""
    done = shell.engage("--dry-run", "--sdes", "-", given=CART)
    assert (done.exit_code, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["method"] == "POST"
    assert told["url"] == f"{shell.url}/api/account/{ACCOUNT}/app/engagement/visitors/?v=1.0"
    assert told["headers"]["Content-Type"] == "application/json"
    assert told["body"] == {"appType": "EXTERNAL", "engagementAttributes": [CART]}
    assert not shell.simulator.journal
    assert json.loads(shell.engage("--dry-run").stdout)["url"].endswith("/visitors/?v=1.0")


def test_a_dry_run_of_a_known_visit_names_ids_without_showing_them(shell: Shell) -> None:
    """The places of the ids are named in braces; --show-ids fills them."""
    ids = json.loads(shell.engage("--show-ids").stdout)["ids"]
    hidden = json.loads(shell.engage("--dry-run", "--update").stdout)
    assert hidden["url"].endswith("/visitors/{visitorId}?v=1.0&" + SID + "={sessionId}")
    assert hidden["body"] == {"pageId": "{pageId}"}
    shown = json.loads(shell.engage("--dry-run", "--update", "--show-ids").stdout)
    assert shown["url"].endswith(f"/visitors/{ids['visitorId']}?v=1.0&{SID}={ids['sessionId']}")
    assert shown["body"] == {"pageId": ids["pageId"]}
    assert len(shell.simulator.journal) == 1


def test_a_dry_run_asks_no_domain_api() -> None:
    """Where the host would have to be looked up first, its place is named instead."""
    done = run("engage", "--account", ACCOUNT, "--key", KEY, "--store", "memory://", "--dry-run")
    assert json.loads(done.stdout)["url"].startswith("https://{domain}/api/account/")


def test_a_dry_run_checks_the_payload(shell: Shell) -> None:
    """A payload that would be refused is refused."""
    assert shell.engage("--dry-run", "--sdes", "-", given={"type": "cart"}).exit_code == 1


def test_output_is_ascii(shell: Shell) -> None:
    """Whatever the server names a skill, no terminal can make the output fail."""
    shell.simulator.campaigns[:] = [Campaign(details={"skillName": "Überseetränke"})]
    done = shell.engage()
    assert done.stdout.isascii()
    assert json.loads(done.stdout)["engagement"]["skillName"] == "Überseetränke"


def test_main_stays_a_function() -> None:
    """The entry point can be imported and called more than once in a process."""
    for _ in range(2):
        from lp_engagement.cli import main

        with pytest.raises(SystemExit) as ended:
            main(["--version"])
        assert ended.value.code == 0
