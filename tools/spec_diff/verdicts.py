"""Print the validator's verdicts on payloads, with the generated client that is on the path: `python -m … FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from lp_engagement.validation import check

KINDS = {"imp": "impression", "post-body": "create-session", "put-body": "update-session"}


def verdicts(folder: Path) -> dict[str, list[str]]:
    """The problems of each payload that the folder's index names, one line for each."""
    items = json.loads((folder / "INDEX.json").read_text(encoding="utf-8"))["items"]
    found: dict[str, list[str]] = {}
    for item in items:
        payload = json.loads((folder / item["file"]).read_text(encoding="utf-8"))
        problems = check(payload, KINDS.get(str(item["kind"]), str(item["kind"])))
        found[item["file"]] = sorted(f"{each.level} {each.rule} at {each.pointer or '/'}" for each in problems)
    return found


if __name__ == "__main__":
    print(json.dumps(verdicts(Path(sys.argv[1]))))
