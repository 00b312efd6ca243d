"""A release needs a report that passed; the model of before is kept; one refusal takes all replicas back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from deploy import manifest, models, releases
from deploy.progress import SetupError
from trainers import release
from trainers.measure import Meaning, Measured
from trainers.report import result

TOKEN = "t0ken"


class FakeRasa:
    """The two requests of Rasa's interface that a release uses, spoken over real HTTP."""

    def __init__(self, refuses: bool = False) -> None:
        self.loaded, self.refuses, self.tokens = "/models/old.tar.gz", refuses, set[str]()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake.tokens |= set(parse_qs(urlsplit(self.path).query).get("token", [""]))
                self.answer(200, {"model_file": fake.loaded})

            def do_PUT(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if fake.refuses:
                    return self.answer(500, {})
                fake.loaded = body["model_file"]
                return self.answer(204, None)

            def answer(self, status: int, body: object) -> None:
                self.send_response(status)
                data = b"" if body is None else json.dumps(body).encode()
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def rasa() -> Iterator[Callable[..., FakeRasa]]:
    started: list[FakeRasa] = []

    def start(*, refuses: bool = False) -> FakeRasa:
        started.append(FakeRasa(refuses))
        return started[-1]

    yield start
    for one in started:
        one.server.shutdown()
        one.server.server_close()


@pytest.fixture
def archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Makes signed archives in a models folder of its own, the last made being the present one."""
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr(releases, "MODELS", folder)
    monkeypatch.setattr(releases.read, "__defaults__", (folder / "released.json",))
    monkeypatch.setattr(releases.write, "__defaults__", (folder / "released.json",))
    monkeypatch.setattr(result.load, "__defaults__", (tmp_path / "reports",))
    monkeypatch.setenv("STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("RASA_URL", raising=False)

    def make(name: str) -> Path:
        archive = folder / f"{name}.tar.gz"
        archive.write_bytes(name.encode())
        models.sign(archive, {})
        monkeypatch.setattr(release, "model", lambda: archive)
        return archive

    return make


def reported(archive: Path, tmp_path: Path, *, right: bool = True, conversations: bool = True) -> None:
    meaning = Meaning("greet", 0.9, "", 0.0, "", 0.0)
    played = result.Played(3, [])
    result.Report(
        model=archive.name.removesuffix(".tar.gz"),
        sha256=manifest.digest(archive),
        made_at="now",
        measured=[Measured("你好", "greet" if right else "goodbye", "held_out.yml", meaning)],
        stories=played,
        conversations=played if conversations else None,
    ).save(tmp_path / "reports")


def test_a_model_without_a_report_is_not_released(archives: Callable[[str], Path]) -> None:
    archives("one")
    assert release.release([]) == 1
    assert releases.read() == releases.Released()


def test_a_model_that_failed_its_report_is_not_released(
    archives: Callable[[str], Path], tmp_path: Path
) -> None:
    reported(archives("one"), tmp_path, right=False)
    assert release.release([]) == 1


def test_a_report_without_conversations_is_not_enough(
    archives: Callable[[str], Path], tmp_path: Path
) -> None:
    reported(archives("one"), tmp_path, conversations=False)
    assert release.release([]) == 1


def test_a_report_of_another_archive_of_the_same_name_is_not_enough(
    archives: Callable[[str], Path], tmp_path: Path
) -> None:
    archive = archives("one")
    reported(archive, tmp_path)
    archive.write_bytes(b"trained again")
    models.sign(archive, {})
    assert release.release([]) == 1


def test_the_model_of_before_is_kept_and_comes_back(archives: Callable[[str], Path], tmp_path: Path) -> None:
    for name in ("one", "two"):
        reported(archives(name), tmp_path)
        assert release.release([]) == 0
    assert (releases.read().current, releases.read().previous) == ("two", "one")
    assert releases.read().kept == {"one.tar.gz", "two.tar.gz"}
    assert release.rollback([]) == 0
    assert (releases.read().current, releases.read().previous) == ("one", "two")
    assert [line["what"] for line in releases.read().history] == ["released", "released", "rolled_back"]


def test_after_the_first_release_the_model_that_ran_until_then_comes_back(
    archives: Callable[[str], Path],
    rasa: Callable[..., FakeRasa],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running = rasa()
    archives("old")
    reported(archives("new"), tmp_path)
    monkeypatch.setenv("RASA_URL", running.url)
    monkeypatch.setenv("RASA_TOKEN", TOKEN)
    assert release.release([]) == 0
    assert (releases.read().current, releases.read().previous) == ("new", "old")
    assert release.rollback([]) == 0
    assert Path(running.loaded).name == "old.tar.gz"


def test_nothing_was_released_so_nothing_comes_back(archives: Callable[[str], Path]) -> None:
    archives("one")
    assert release.rollback([]) == 1


def test_every_replica_gets_the_model_with_the_token(
    archives: Callable[[str], Path], rasa: Callable[..., FakeRasa]
) -> None:
    both = [rasa(), rasa()]
    archive = archives("new")
    release.swap(archive, release.Replicas([one.url for one in both], TOKEN))
    assert [one.loaded for one in both] == [str(archive)] * 2
    assert [one.tokens for one in both] == [{TOKEN}] * 2


def test_one_refusal_takes_all_replicas_back_and_changes_no_record(
    archives: Callable[[str], Path],
    rasa: Callable[..., FakeRasa],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second = rasa(), rasa(refuses=True)
    archives("old")
    archive = archives("new")
    reported(archive, tmp_path)
    monkeypatch.setenv("RASA_URL", f"{first.url},{second.url}")
    monkeypatch.setenv("RASA_TOKEN", TOKEN)
    assert release.release([]) == 1
    assert Path(first.loaded).name == "old.tar.gz"
    assert releases.read() == releases.Released()
    assert TOKEN not in capsys.readouterr().out


def test_a_replica_that_is_gone_is_told_without_its_token(archives: Callable[[str], Path]) -> None:
    with pytest.raises(SetupError) as raised:
        release.swap(archives("new"), release.Replicas(["http://127.0.0.1:9"], TOKEN), patience=2)
    assert TOKEN not in str(raised.value)


def test_an_archive_that_was_changed_is_not_even_offered(
    archives: Callable[[str], Path], rasa: Callable[..., FakeRasa]
) -> None:
    one, archive = rasa(), archives("new")
    archive.write_bytes(b"something else")
    with pytest.raises(manifest.UntrustedModelError):
        release.swap(archive, release.Replicas([one.url], TOKEN))
    assert Path(one.loaded).name == "old.tar.gz"
