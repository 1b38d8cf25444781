"""`python -m demo.composed.databases`: each service's database and roles, with the passwords of its secrets.

Whatever stands is kept; passwords become those of the secrets.
"""

from urllib.parse import urlsplit

from demo.composed.settings import PlayerSettings
from demo.local.databases import Databases

ADMIN = "postgres"


def main(settings: PlayerSettings) -> None:
    first, *_ = urls = [settings.secret(service, "database_url") for service in settings.services]
    urls += [settings.secret(service, "pages_database_url") for service in settings.services]
    roles = [urlsplit(url) for url in urls]
    words = {str(role.username): str(role.password) for role in roles}
    word = settings.secret("postgres", "password")
    admin = f"postgresql://{ADMIN}:{word}@{urlsplit(first).netloc.rpartition('@')[2]}/{ADMIN}"
    names = sorted({role.path.removeprefix("/") for role in roles})
    Databases(admin).create(names, words)
    print(f"Databaser: {', '.join(names)}")


if __name__ == "__main__":
    main(PlayerSettings())
