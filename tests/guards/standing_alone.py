"""What a module imports from outside the standard library: import-linter forbids by name, this allows by name."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path


def foreign_imports(source: str, package: str) -> list[str]:
    """Modules that are neither the standard library's nor `package`'s own domain."""
    return sorted({name for name in _imported(ast.parse(source)) if not _allowed(name, f"{package}.domain")})


def _allowed(name: str, own: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names or f"{name}.".startswith(f"{own}.")


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(level=0, module=str() as module):
                yield from {module} if "." in module else {f"{module}.{alias.name}" for alias in node.names}
            case ast.ImportFrom():
                yield "." * node.level


def domains(sources: Path, package: str) -> list[Path]:
    """The files of a package's domain."""
    folder = sources / package
    return [path for path in (folder / "domain.py", *sorted(folder.glob("domain/**/*.py"))) if path.exists()]
