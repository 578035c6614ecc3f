"""The language server, driven over stdio by a client as an editor does it."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from lp_engagement.cli.editor.analysis import format_of
from lp_engagement.cli.editor.positions import Positions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
IN_TIME = 120
CART = '{\n  "type": "Cart",\n  "total": "11.70", "numItems": 1\n}\n'


class Editor:
    """An editor with one server and one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.messages: list[str] = []
        self._client = LanguageClient("test", "1")
        self._shown: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()

        @self._client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]  # pygls's client has no types
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self._shown.put_nowait(params)

        @self._client.feature(lsp.WINDOW_SHOW_MESSAGE)  # type: ignore[untyped-decorator]  # see above
        def said(params: lsp.ShowMessageParams) -> None:
            self.messages.append(params.message)

        self._version = 1

    async def start(self, encodings: list[lsp.PositionEncodingKind] | None = None) -> lsp.InitializeResult:
        """Start the server."""
        await self._client.start_io(sys.executable, "-m", "lp_engagement.cli", "lsp")
        general = lsp.GeneralClientCapabilities(position_encodings=encodings)
        capabilities = lsp.ClientCapabilities(general=general)
        result = await self._client.initialize_async(
            lsp.InitializeParams(capabilities=capabilities, root_uri=self.folder.as_uri())
        )
        self._client.initialized(lsp.InitializedParams())
        return result

    async def stop(self) -> None:
        """Stop the server as the protocol has it."""
        await self._client.shutdown_async(None)
        self._client.exit(None)
        await self._client.stop()  # type: ignore[no-untyped-call]  # see above

    def uri(self, name: str) -> str:
        """The URI of a file, which need not exist."""
        return (self.folder / name).as_uri()

    async def open(self, name: str, language: str, text: str) -> list[lsp.Diagnostic]:
        """Open a document, and return the problems that are shown then."""
        item = lsp.TextDocumentItem(self.uri(name), language, 1, text)
        self._client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return await self.shown(name)

    async def change(self, name: str, *texts: str) -> list[lsp.Diagnostic]:
        """Type, and return the problems that are shown after the last change."""
        for text in texts:
            self._version += 1
            document = lsp.VersionedTextDocumentIdentifier(self._version, self.uri(name))
            changes = [lsp.TextDocumentContentChangeWholeDocument(text)]
            self._client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, changes))
        return await self.shown(name)

    async def close(self, name: str) -> list[lsp.Diagnostic]:
        """Close a document."""
        document = lsp.TextDocumentIdentifier(self.uri(name))
        self._client.text_document_did_close(lsp.DidCloseTextDocumentParams(document))
        return await self.shown(name)

    async def shown(self, name: str) -> list[lsp.Diagnostic]:
        """Wait for the problems of a document."""
        params = await asyncio.wait_for(self._shown.get(), IN_TIME)
        assert params.uri == self.uri(name)
        return list(params.diagnostics)

    async def hover(self, name: str, line: int, character: int) -> str:
        """The words beside the mouse."""
        document = lsp.TextDocumentIdentifier(self.uri(name))
        found = await self._client.text_document_hover_async(lsp.HoverParams(document, lsp.Position(line, character)))
        if found is None:
            return ""
        assert isinstance(found.contents, lsp.MarkupContent)
        return found.contents.value

    async def actions(self, name: str, where: lsp.Range, *only: str) -> list[lsp.CodeAction]:
        """The offered actions."""
        context = lsp.CodeActionContext([], only=list(only) or None)
        params = lsp.CodeActionParams(lsp.TextDocumentIdentifier(self.uri(name)), where, context)
        found = await self._client.text_document_code_action_async(params) or []
        return [each for each in found if isinstance(each, lsp.CodeAction)]


def edited(text: str, action: lsp.CodeAction) -> str:
    """Apply an action as an editor does, in UTF-16."""
    assert action.edit
    assert action.edit.changes
    ((_, edits),) = action.edit.changes.items()
    places = Positions(text, lambda part: len(part.encode("utf-16-le")) // 2)
    for edit in sorted(edits, key=lambda each: each.range.start, reverse=True):
        text = text[: places.offset(edit.range.start)] + edit.new_text + text[places.offset(edit.range.end) :]
    return text


def codes(shown: list[lsp.Diagnostic]) -> list[str]:
    """The rules of problems."""
    return [str(each.code) for each in shown]


def in_editor(folder: Path, story: Callable[[Editor], Awaitable[Any]]) -> None:
    """Run a story with a server of its own."""

    async def run() -> None:
        editor = Editor(folder)
        await editor.start()
        try:
            await story(editor)
        finally:
            await editor.stop()
        assert editor.messages == []

    asyncio.run(asyncio.wait_for(run(), IN_TIME))


def test_a_session(tmp_path: Path) -> None:
    """Open, change, hover, fix and close, in JSON: problems follow what is typed, and fixes make the text valid."""

    async def story(editor: Editor) -> None:
        shown = await editor.open("a.json", "json", CART)
        assert codes(shown) == ["LPE103"]
        assert shown[0].range == lsp.Range(lsp.Position(1, 10), lsp.Position(1, 16))
        assert shown[0].source == "lp-engagement"
        assert "LPE103 unknown-type" in await editor.hover("a.json", 1, 12)

        offered = await editor.actions("a.json", shown[0].range)
        assert (offered[0].title, offered[0].is_preferred) == ("Replace it with `cart`", True)
        better = edited(CART, offered[0])
        # Two quick changes: problems are shown for the last one alone.
        shown = await editor.change("a.json", CART + " ", better)
        assert codes(shown) == ["LPE202"]
        assert await editor.actions("a.json", lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0)), "quickfix") == []
        assert "mandatory" in await editor.hover("a.json", 2, 22)

        (every,) = await editor.actions("a.json", shown[0].range, "source.fixAll")
        assert every.kind == "source.fixAll.lp-engagement"
        fixed = edited(better, every)
        assert json.loads(fixed) == {"type": "cart", "total": 11.7, "numItems": 1}
        assert await editor.change("a.json", fixed) == []
        # What is typed in a payload may be broken for a while.
        assert codes(await editor.change("a.json", fixed[:-3])) == ["LPE401"]
        assert await editor.close("a.json") == []

    in_editor(tmp_path, story)


def test_every_language(tmp_path: Path) -> None:
    """YAML, NDJSON, JSON with comments, scripts and pages; columns count UTF-16 units, and CRLF is a line break."""

    async def story(editor: Editor) -> None:
        yaml = "note: '😀'\r\ntype: cart # 😀\r\ntotal: '1'\r\nnumItems: 1\r\n"
        assert codes(await editor.open("a.yaml", "yaml", yaml)) == ["LPE102", "LPE202"]
        offered = await editor.actions("a.yaml", lsp.Range(lsp.Position(2, 0), lsp.Position(2, 9)), "quickfix")
        assert edited(yaml, offered[0]) == yaml.replace("'1'", "1")
        script = "/* 😀 */ lpTag.sdes.push({type: 'Cart', name}); // name"
        (shown,) = await editor.open("a.ts", "typescript", script)
        assert shown.range.start == lsp.Position(0, script.index("'Cart'") + 1)
        (better, _) = await editor.actions("a.ts", shown.range)
        assert "'cart'" in edited(script, better)
        assert "The product's name." in await editor.hover("a.ts", 0, script.index("name}") + 3)
        assert await editor.hover("a.ts", 0, len(script) - 1) == ""
        page = "<p>😀</p><script>lpTag.sdes.push({type: 'cart', total: '1', numItems: 1})</script>"
        assert codes(await editor.open("a.html", "html", page)) == ["LPE202"]
        assert codes(await editor.open("a.jsonc", "jsonc", CART.replace("{\n", "{ // x\n"))) == ["LPE103"]
        lines = f"{json.dumps({'type': 'cart'})}\nx\n"
        assert codes(await editor.open("a.ndjson", "plaintext", lines)) == ["LPE101", "LPE101", "LPE401"]
        assert codes(await editor.open("untitled", "json", CART)) == ["LPE103"]

    in_editor(tmp_path, story)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """Files of other programs have no problems, unless they are where payloads are; the settings count."""
    (tmp_path / "old").mkdir()
    (tmp_path / "lp-engagement.toml").write_text(
        '[validate]\nignore = ["LPE103"]\nexclude = ["out"]\n', encoding="utf-8"
    )

    async def story(editor: Editor) -> None:
        for text in ('{"name": "x", "type": "module"}', '{"compilerOptions": {', "[]", '"x"'):
            assert await editor.open("package.json", "json", text) == []
            assert await editor.close("package.json") == []
        assert await editor.open("a.py", "python", "x = 1") == []
        assert codes(await editor.open("payloads/a.json", "json", '{"name": "x"}')) == ["LPE101"]
        (tmp_path / ".git").mkdir()
        assert await editor.open("b.json", "json", CART) == []
        assert await editor.open("out/c.json", "json", '{"type": "cart"}') == []
        assert codes(await editor.open("old/d.json", "json", '{"type": "cart"}')) == ["LPE101", "LPE101"]

    in_editor(tmp_path, story)


def test_the_encoding_that_the_editor_prefers(tmp_path: Path) -> None:
    """Positions count what the editor counts."""

    async def run() -> None:
        editor = Editor(tmp_path)
        result = await editor.start([lsp.PositionEncodingKind.Utf8])
        try:
            assert result.capabilities.position_encoding == lsp.PositionEncodingKind.Utf8
            (shown,) = await editor.open("a.js", "javascript", "`😀`;lpTag.sdes.push({type: 'Cart'})")
            assert shown.range.start.character == len("``;lpTag.sdes.push({type: ") + 4
        finally:
            await editor.stop()

    asyncio.run(asyncio.wait_for(run(), IN_TIME))


def test_settings_that_are_wrong(tmp_path: Path) -> None:
    """Wrong settings are reported once, and problems are shown as if there were none."""
    (tmp_path / "lp-engagement.toml").write_text("[validate]\nx = 1\n", encoding="utf-8")

    async def run() -> None:
        editor = Editor(tmp_path)
        await editor.start()
        try:
            assert codes(await editor.open("a.json", "json", CART)) == ["LPE103"]
            assert codes(await editor.change("a.json", CART + " ")) == ["LPE103"]
            (message,) = editor.messages
            assert "`x` in [validate] is not a known key" in message
        finally:
            await editor.stop()

    asyncio.run(asyncio.wait_for(run(), IN_TIME))


def test_editors_start_the_server() -> None:
    """Each set-up of the page starts the server that is tested here, for languages that it reads."""
    page = (Path(__file__).parent.parent / "docs" / "editors.md").read_text(encoding="utf-8")
    code = json.loads(page.split("```json\n")[1].partition("```")[0])
    helix = tomllib.loads(page.split("```toml\n")[1].partition("```")[0])
    lua = page.split("```lua\n")[1].partition("```")[0]
    server = helix["language-server"]["lp-engagement"]
    neovim = re.findall(r'"(.*?)"', lua.split("cmd = ")[1].splitlines()[0])
    commands = [
        [code["glspc.server.command"], *code["glspc.server.commandArguments"]],
        [server["command"], *server["args"]],
        neovim,
    ]
    assert commands == [["lp-engagement", "lsp"]] * 3
    languages = {
        *code["glspc.server.languageId"],
        *re.findall(r'"(.*?)"', lua.split("filetypes = ")[1].splitlines()[0]),
        *(each["name"] for each in helix["language"]),
    }
    assert all(format_of("untitled", each, "{}") for each in languages)
