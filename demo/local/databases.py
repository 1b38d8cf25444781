"""Databases on a PostgreSQL, each with its two roles; made through an administrator's connection."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql


@dataclass(frozen=True, slots=True)
class Urls:
    """`runners`: owner of the database, for migrations and runners. `pages`: under row-level security."""

    name: str
    runners: str = field(repr=False)
    pages: str = field(repr=False)


class Databases:
    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._made: list[str] = []

    def create(self, names: Iterable[str], words: Mapping[str, str] | None = None) -> dict[str, Urls]:
        """Each name: a database, its owner of the same name, and `<name>_pages`; what stands already is kept.

        `words`: the password of each role, new ones if left out.
        """
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            return {name: self._create(admin, name, words) for name in names}

    def _create(self, admin: psycopg.Connection, name: str, words: Mapping[str, str] | None) -> Urls:
        pages = f"{name}_pages"
        words = words or {role: secrets.token_hex(16) for role in (name, pages)}
        self._made.append(name)
        for role in (name, pages):
            known = admin.execute("select from pg_roles where rolname = %s", [role]).rowcount
            made = "{} role {} login nosuperuser nobypassrls nocreatedb nocreaterole password {}"
            verb = sql.SQL("alter" if known else "create")
            admin.execute(sql.SQL(made).format(verb, sql.Identifier(role), sql.Literal(words[role])))
        owner, reader = sql.Identifier(name), sql.Identifier(pages)
        admin.execute(sql.SQL("grant {} to current_user").format(owner))  # needed where we aren't superuser
        if not admin.execute("select from pg_database where datname = %s", [name]).rowcount:
            admin.execute(sql.SQL("create database {} owner {}").format(owner, owner))
        admin.execute(sql.SQL("revoke all on database {} from public").format(owner))
        admin.execute(sql.SQL("grant connect on database {} to {}").format(owner, reader))
        return Urls(name, self.url(name, name, words[name]), self.url(name, pages, words[pages]))

    def drop(self, names: Iterable[str]) -> None:
        """With its roles, and whoever is connected."""
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            for name in names:
                self._made.remove(name)
                admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
                for role in (f"{name}_pages", name):
                    admin.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role)))

    def drop_all(self) -> None:
        if self._made:
            self.drop(list(self._made))

    def is_ready(self) -> bool:
        try:
            psycopg.connect(self._admin_url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, database: str, role: str, word: str) -> str:
        parts = urlsplit(self._admin_url)
        query = f"?{parts.query}" if parts.query else ""
        return f"postgresql://{role}:{quote(word)}@{parts.netloc.rpartition('@')[2]}/{database}{query}"
