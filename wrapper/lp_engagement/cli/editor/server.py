"""The protocol's side of the language server."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from lp_engagement._common.version import __version__
from lp_engagement.cli.gate.settings import SettingsError
from lp_engagement.validation.pieces import InputError, need_grammars

from .analysis import Analysis, Rules, explain_rule, folder_of, format_of
from .positions import Positions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lp_engagement.validation.checker import Finding

SOURCE = "lp-engagement"
_FIX_ALL = f"{lsp.CodeActionKind.SourceFixAll.value}.{SOURCE}"
_PAUSE = 0.15
"""Seconds without a change after which a document is checked."""
_SEVERITIES = {"error": lsp.DiagnosticSeverity.Error, "warning": lsp.DiagnosticSeverity.Warning}


class Server(LanguageServer):
    """Checks the texts that an editor has open."""

    def __init__(self) -> None:
        super().__init__(SOURCE, __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Full)
        self._analyses: dict[str, tuple[int | None, Analysis]] = {}
        self._said: set[str] = set()

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ARG002 - its signature
        """Report a failure by its type: its message could contain values."""
        self._say(f"Internal error: {type(error).__name__}. This is a mistake of lp-engagement; please report it.")

    def analysis(self, uri: str) -> tuple[Analysis, Positions] | None:
        """Return the analysis of a document, which is made once for each version; `None` for other formats."""
        document = self.workspace.get_text_document(uri)
        places = Positions(document.source, document.position_codec.client_num_units)
        known = self._analyses.get(uri)
        if known and known[0] == document.version and known[1].text == document.source:
            return known[1], places
        file_format = format_of(document.path, document.language_id or "", document.source)
        if file_format is None:
            return None
        try:
            need_grammars(file_format)
            rules = Rules.of(folder_of(document.path))
        except InputError as error:
            self._say(f"{error}.")
            return None
        except SettingsError as error:
            self._say(f"{error}.")
            rules = Rules()
        was_payload = known is not None and known[1].has_payloads
        made = Analysis(document.path, document.source, file_format, rules, was_payload=was_payload)
        self._analyses[uri] = document.version, made
        return made, places

    def publish(self, uri: str) -> None:
        """Show the problems of a document."""
        found = self.analysis(uri)
        shown = [diagnostic(finding, found[1]) for finding in found[0].findings] if found else []
        version = self.workspace.get_text_document(uri).version
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, shown, version))

    def forget(self, uri: str) -> None:
        """Remove the problems of a document that was closed."""
        self._analyses.pop(uri, None)
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    def _say(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            self.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Warning, message))


def diagnostic(finding: Finding, places: Positions) -> lsp.Diagnostic:
    """Convert a problem."""
    problem = finding.problem
    return lsp.Diagnostic(
        range=places.range(finding.line, finding.column, finding.end_column),
        message=f"{problem.message}. {problem.hint}",
        severity=_SEVERITIES[problem.level],
        code=problem.rule,
        source=SOURCE,
    )


def quick_fixes(uri: str, found: tuple[Analysis, Positions], chosen: lsp.Range) -> Iterator[lsp.CodeAction]:
    """Yield the fixes of the problems in a range."""
    analysis, places = found
    for finding in analysis.findings:
        shown = diagnostic(finding, places)
        if finding.fix is None or not _touch(shown.range, chosen):
            continue
        edits = [
            lsp.TextEdit(places.range(finding.line + edit.down, edit.column, edit.end_column), edit.text)
            for edit in finding.fix.edits
        ]
        yield lsp.CodeAction(
            title=finding.fix.title,
            kind=lsp.CodeActionKind.QuickFix,
            diagnostics=[shown],
            is_preferred=finding.fix.is_safe,
            edit=lsp.WorkspaceEdit(changes={uri: edits}),
        )


def fix_all(uri: str, found: tuple[Analysis, Positions]) -> Iterator[lsp.CodeAction]:
    """Yield the action that applies all safe fixes, if there are any."""
    analysis, places = found
    fixed = analysis.all_fixed() if any(each.fix and each.fix.is_safe for each in analysis.findings) else analysis.text
    # Fixes change lines, and never their number.
    pairs = enumerate(zip(analysis.text.split("\n"), fixed.split("\n"), strict=True), 1)
    edits = [lsp.TextEdit(places.range(line, 1, len(old) + 1), new) for line, (old, new) in pairs if old != new]
    if edits:
        yield lsp.CodeAction(
            title="Fix all payload problems that have one right answer",
            kind=_FIX_ALL,
            edit=lsp.WorkspaceEdit(changes={uri: edits}),
        )


def _touch(one: lsp.Range, other: lsp.Range) -> bool:
    return one.start <= other.end and other.start <= one.end


def create_server() -> Server:
    """Create the server with its features."""
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    server = Server()

    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        server.publish(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        uri, version = params.text_document.uri, params.text_document.version
        await asyncio.sleep(_PAUSE)
        if server.workspace.get_text_document(uri).version == version:
            server.publish(uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        server.forget(params.text_document.uri)

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        found = server.analysis(params.text_document.uri)
        if found is None:
            return None
        analysis, places = found
        at = lsp.Range(params.position, params.position)
        here = [each for each in analysis.findings if _touch(diagnostic(each, places).range, at)]
        texts = [*map(explain_rule, here), analysis.explain(places.offset(params.position))]
        text = "\n\n".join(filter(None, dict.fromkeys(texts)))
        return lsp.Hover(lsp.MarkupContent(lsp.MarkupKind.PlainText, text)) if text else None

    options = lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix, _FIX_ALL])

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, options)
    def actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri, only = params.text_document.uri, params.context.only
        found = server.analysis(uri)
        if found is None:
            return []
        every = [*quick_fixes(uri, found, params.range), *fix_all(uri, found)]
        return [each for each in every if only is None or any(_is_kind(each.kind, kind) for kind in only)]

    return server


def _is_kind(kind: lsp.CodeActionKind | str | None, wanted: lsp.CodeActionKind | str) -> bool:
    """Whether a kind of action is the wanted one, or below it."""
    own, other = (each.value if isinstance(each, lsp.CodeActionKind) else str(each) for each in (kind, wanted))
    return own == other or own.startswith(f"{other}.")
