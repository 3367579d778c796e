"""The lines for `authorized_keys` in the page on trust, tried on an SSH server on this machine."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from readme import ROOT, page_text
from support import TEXT, project, suggestions
from terminal import Terminal

from annotator.model.decision import Status
from annotator.project import Project, SuggestionRun

SSHD = shutil.which(
    "sshd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
)


def _can_serve() -> bool:
    """Whether a server can run here. As root, it needs a user of its own."""
    if SSHD is None or not shutil.which("ssh") or not shutil.which("ssh-keygen"):
        return False
    if os.geteuid() != 0:
        return True
    import pwd

    try:
        pwd.getpwnam("sshd")
    except KeyError:
        return False
    return True


pytestmark = [
    pytest.mark.skipif(not (ROOT / ".ci").exists(), reason="not in a checkout"),
    pytest.mark.skipif(not _can_serve(), reason="no SSH server here"),
]


@dataclass(frozen=True, slots=True)
class Server:
    """An SSH server on this machine, whose account lets in the keys of ada and ben."""

    folder: Path
    port: int
    project: Path

    def command(self, who: str, *words: str, options: tuple[str, ...] = ()) -> list[str]:
        """The client's command line with somebody's key."""
        given = (
            f"Port={self.port}",
            f"IdentityFile={self.folder / who}",
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "StrictHostKeyChecking=no",
            f"UserKnownHostsFile={self.folder / 'known'}",
            "LogLevel=ERROR",
            "SendEnv=ANNOTATOR_NAME ANNOTATOR_PROJECT",
            "ForwardAgent=no",
        )
        named = [part for option in given for part in ("-o", option)]
        return ["ssh", "-F", "none", *named, *options, f"{getpass.getuser()}@127.0.0.1", *words]

    def run(
        self, who: str, *words: str, options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """The output of a command without a terminal."""
        return subprocess.run(
            self.command(who, *words, options=options),
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "ANNOTATOR_NAME": "mallory"},
        )


def _keys(folder: Path, names: list[str]) -> None:
    for name in names:
        line = [
            "ssh-keygen",
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            f"{name}@laptop",
            "-f",
            str(folder / name),
        ]
        subprocess.run(line, check=True)


def _authorized(folder: Path, project: Path) -> str:
    """The lines of the page with our keys, our folder, and the program as it runs in the tests."""
    found = re.search(r"<!-- authorized_keys -->\n```\n(.*?)```", page_text("trust"), re.DOTALL)
    assert found is not None
    path = os.pathsep.join(p for p in sys.path if p)
    program = (
        f"env PYTHONPATH={path} LC_ALL=C.UTF-8 ANNOTATOR_BACKGROUND=off {sys.executable} -m "
        "annotator"
    )
    lines = (
        found.group(1)
        .replace("/usr/local/bin/annotator", program)
        .replace("/home/coding/iran", str(project))
    )
    for who in ("ada", "ben"):
        public = (folder / f"{who}.pub").read_text(encoding="utf-8").strip()
        lines, count = re.subn(rf"ssh-ed25519 AAAA…{who.upper()} {who}@laptop", public, lines)
        assert count == 1, who
    return lines


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    root = tmp_path / "p"
    with project(root, TEXT) as made:
        made.suggestions.put("doc-0", suggestions(), run=SuggestionRun({"rules": "1"}))
    folder = tmp_path / "ssh"
    folder.mkdir(mode=0o700)
    _keys(folder, ["host", "ada", "ben", "eve"])
    (folder / "authorized_keys").write_text(_authorized(folder, root), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    (folder / "config").write_text(
        f"ListenAddress 127.0.0.1:{port}\n"
        f"HostKey {folder / 'host'}\n"
        "PidFile none\n"
        "StrictModes no\n"
        f"UsePAM no\nAuthorizedKeysFile {folder / 'authorized_keys'}\n"
        "PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        "PermitRootLogin prohibit-password\n"
        "AcceptEnv LANG LC_*\nSubsystem sftp internal-sftp\n",
        encoding="utf-8",
    )
    assert SSHD is not None
    if os.geteuid() == 0:
        # The service makes it when it starts, which it need not have done.
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    log = (folder / "log").open("w", encoding="utf-8")
    process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "config")], stderr=log)
    try:
        until = time.monotonic() + 30
        while True:
            with socket.socket() as there:
                if there.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None and time.monotonic() < until, (folder / "log").read_text(
                encoding="utf-8"
            )
            time.sleep(0.05)
        yield Server(folder, port, root)
    finally:
        process.terminate()
        process.wait()
        log.close()


def test_a_key_opens_the_program_under_its_name_whatever_else_is_asked_for(server: Server) -> None:
    environment = {**os.environ, "TERM": "xterm-256color", "ANNOTATOR_NAME": "mallory"}
    wanted = ["annotator", "--annotator", "ben", "status"]
    terminal = Terminal(environment, command=server.command("ada", *wanted, options=("-tt",)))
    terminal.wait_for("pending")
    terminal.wait_for(" ada ")
    terminal.press("a")
    terminal.wait_for("saved")
    terminal.press("\x11")
    assert terminal.end() == 0
    with Project.open(server.project) as of:
        assert {row.annotator for row in of.log.completions()} == {"ada"}
        assert of.log.annotations("doc-0", "ada")[0].tally()[Status.ACCEPTED] >= 1


def test_no_shell_no_files_no_forwarding_and_no_other_key(server: Server, tmp_path: Path) -> None:
    made = tmp_path / "made"
    quoted = shlex.quote(f"touch {made}")
    for words in (
        f"touch {made}",
        f"annotator; touch {made}",
        f"$(touch {made})",
        f"bash -c {quoted}",
    ):
        done = server.run("ben", words)
        assert done.returncode == 2 and "this is not a terminal" in done.stderr
    assert not made.exists()
    copied = server.run("ben", "sftp", options=("-s",))
    assert copied.returncode == 2, "the program ran, and not the server for files"
    forwarded = server.run("ben", options=("-W", f"127.0.0.1:{server.port}"))
    assert forwarded.returncode != 0 and "SSH-2.0" not in forwarded.stdout
    refused = server.run("eve", "true")
    assert refused.returncode == 255 and "Permission denied" in refused.stderr
