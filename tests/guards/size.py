"""How long a module is, counted without blank lines, comments and docstrings."""

import ast
import io
import tokenize
from pathlib import Path

NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}


def code_lines(source: str) -> int:
    """Lines that hold code. A string over several lines counts each of them that isn't blank."""
    docstrings = _docstrings(ast.parse(source))
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NO_CODE and token.start not in docstrings:
            lines |= set(range(token.start[0], token.end[0] + 1))
    text = source.splitlines()
    return sum(1 for number in lines if text[number - 1].strip())


def _docstrings(tree: ast.Module) -> set[tuple[int, int]]:
    """Where they start."""
    return {
        (first.lineno, first.col_offset)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body
        if isinstance(first := node.body[0], ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    }


def of(path: Path) -> int:
    """A module's, or a package's with all that is in it."""
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    return sum(code_lines(file.read_text()) for file in files)


def too_long(path: Path, most: int) -> str | None:
    """What is wrong, or None."""
    found = of(path)
    return f"{path.stem}: {found} lines, {most} at most" if found > most else None
