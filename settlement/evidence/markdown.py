"""The Markdown of agreements: what of it counts, and the same as plain blocks for the paper."""

from __future__ import annotations

from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

# "zero" knows plain paragraphs alone; with what is enabled there is neither HTML, link nor picture.
MARKDOWN = MarkdownIt("zero", {"html": False}).enable(
    ["heading", "list", "emphasis", "strikethrough", "hr", "blockquote", "newline", "escape", "table"]
)
_INLINE = {"strong": "strong", "em": "emph", "s": "strike"}


def blocks(body: str) -> list[dict[str, Any]]:
    """``body`` as nested blocks of ``kind`` heading, paragraph, bullets, numbers, quote, rule or table."""
    return _children(SyntaxTreeNode(MARKDOWN.parse(body)))


def _children(node: SyntaxTreeNode) -> list[dict[str, Any]]:
    return [_block(child) for child in node.children]


def _block(node: SyntaxTreeNode) -> dict[str, Any]:
    match node.type:
        case "heading":
            return {"kind": "heading", "level": int(node.tag[1]), "parts": _parts(node)}
        case "paragraph":
            return {"kind": "paragraph", "parts": _parts(node)}
        case "bullet_list":
            return {"kind": "bullets", "items": [_children(item) for item in node.children]}
        case "ordered_list":
            start = int(node.attrs.get("start", 1))
            return {"kind": "numbers", "start": start, "items": [_children(item) for item in node.children]}
        case "blockquote":
            return {"kind": "quote", "items": _children(node)}
        case "hr":
            return {"kind": "rule"}
        case "table":
            rows = [row for part in node.children for row in part.children]
            return {"kind": "table", "rows": [[_parts(cell) for cell in row.children] for row in rows]}
    raise ValueError(f"Markdown of an unknown kind: {node.type}")


def _parts(node: SyntaxTreeNode) -> list[dict[str, str]]:
    inline = next((child for child in node.children if child.type == "inline"), None)
    return [part for child in inline.children for part in _inline(child, "text")] if inline else []


def _inline(node: SyntaxTreeNode, kind: str) -> list[dict[str, str]]:
    if node.type in ("softbreak", "hardbreak"):
        return [{"kind": "break", "text": ""}] if node.type == "hardbreak" else []
    if node.type in _INLINE:
        return [part for child in node.children for part in _inline(child, _INLINE[node.type])]
    return [{"kind": kind, "text": node.content}]
