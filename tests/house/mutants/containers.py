"""Faults in the files for Docker: doors left open, passwords by default, parts forgotten."""

from tests.house.mutants.mutant import Mutant

FILES = "tests/house/test_containers.py"
SCRIPTS = "tests/integration/test_container_scripts.py"
ENTRY = "docker/paceline/entrypoint.sh"


def in_compose(name: str, catches: str, before: str, after: str) -> Mutant:
    """A fault in the compose file."""
    return Mutant(
        name=f"containers: {name}",
        catches=f"{FILES}::{catches}",
        path="docker-compose.yml",
        before=before,
        after=after,
    )


def in_entry(name: str, catches: str, before: str, after: str) -> Mutant:
    """A fault in the first program of the image."""
    return Mutant(
        name=f"containers: {name}",
        catches=f"{SCRIPTS}::{catches}",
        path=ENTRY,
        before=before,
        after=after,
    )


MUTANTS: tuple[Mutant, ...] = (
    in_compose(
        "the database's password has a default",
        "test_secret_of_any_service_comes_out_of_a_file",
        "POSTGRES_PASSWORD_FILE: /run/secrets/postgres_password",
        "POSTGRES_PASSWORD: paceline",
    ),
    in_compose(
        "services keep all rights",
        "test_service_of_any_kind_is_closed_and_bounded",
        "  cap_drop: [ALL]\n",
        "",
    ),
    in_compose(
        "SIP is open to everybody",
        "test_only_telephony_is_published_and_by_default_on_loopback",
        "${PACELINE_SIP_ADDRESS:-127.0.0.1}:${PACELINE_SIP_PORT:-5060}:5060/udp",
        "${PACELINE_SIP_PORT:-5060}:5060/udp",
    ),
    in_compose(
        "the secrets' folder has a default",
        "test_variable_without_which_nothing_works_must_be_set[PACELINE_SECRETS]",
        "${PACELINE_SECRETS:?set it to the folder that docker/make-secrets.sh wrote}/postgres_password",
        "${PACELINE_SECRETS:-.}/postgres_password",
    ),
    in_compose(
        "a volume is not declared",
        "test_compose_file_fits_its_schema_and_its_own_names",
        "  asterisk_database: {}\n",
        "",
    ),
    Mutant(
        name="containers: a room is forgotten",
        catches=f"{FILES}::test_image_of_paceline_has_every_room_and_nothing_but_what_is_needed",
        path="docker/paceline/Dockerfile",
        before="COPY rules /opt/paceline/rules\n",
        after="",
    ),
    Mutant(
        name="containers: a linter's finding is ignored",
        catches=f"{FILES}::test_linters_find_nothing_in_the_docker_files",
        path="docker/asterisk/Dockerfile",
        before="# hadolint ignore=DL3008\n",
        after="",
    ),
    in_entry(
        "a password is put into the address as it is",
        "test_command_gets_addresses_made_of_secret_files",
        '    password="$(quoted "$password")"\n    export DATABASE_URL',
        "    export DATABASE_URL",
    ),
    in_entry(
        "a password may be configuration",
        "test_bus_with_a_password_that_would_be_configuration_is_refused",
        "*[!A-Za-z0-9_-]*)",
        '*[!A-Za-z0-9_\\"\\ \\}-]*)',
    ),
    in_entry(
        "the bus's configuration can be read by others",
        "test_bus_of_the_container_lets_in_who_has_the_secret",
        "    umask 077\n",
        "",
    ),
    Mutant(
        name="containers: secrets are written anew each time",
        catches=f"{SCRIPTS}::test_secrets_are_fresh_and_stay_when_they_are_there",
        path="docker/make-secrets.sh",
        before="        continue\n",
        after='        rm -f "$folder/$name"\n',
    ),
)
