import pytest

from gradus.project import bootstrap


def test_an_old_python_gets_one_clear_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bootstrap.check_python((3, 9, 2), "/usr/bin/python3")
    assert "Gradus needs Python 3.11 or newer, and /usr/bin/python3 is 3.9." in capsys.readouterr().err


def test_a_current_python_passes() -> None:
    assert bootstrap.check_python((3, 11, 0)) is None


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        ("error: command 'cc' failed: No such file or directory", "no C compiler was found"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "does not match requirements.lock"),
        ("Could not find a version", "could not be installed"),
    ],
)
def test_a_failed_installation_says_why(log: str, sentence: str) -> None:
    assert sentence in bootstrap.diagnose(log)


def test_one_package_is_taken_out_of_the_lock_with_its_hashes() -> None:
    lock = "uuid==2 \\\n    --hash=sha256:a\nuv==1 \\\n    --hash=sha256:b \\\n    --hash=sha256:c\nvine==3\n"
    assert bootstrap.locked("uv", lock) == "uv==1 \\\n    --hash=sha256:b \\\n    --hash=sha256:c\n"
    assert bootstrap.locked("vine", lock) == "vine==3\n"
