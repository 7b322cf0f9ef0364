"""The service's command line is quoted, and another is not taken for it."""

import pytest

from agent.platform.windows import image_path

PROGRAM = r"C:\Program Files\Writeback\1.0.0\python\python.exe"
LINE = f'"{PROGRAM}" -I -m agent.platform.windows.service_host'


def test_the_program_is_in_quotes() -> None:
    assert image_path.spelled(PROGRAM) == LINE


def test_it_is_read_again() -> None:
    assert image_path.program_of(LINE) == PROGRAM


@pytest.mark.parametrize(
    "line",
    [
        LINE.replace('"', ""),
        f"{LINE} --more",
        LINE.replace("-I ", ""),
        LINE.replace("C:\\", ""),
        LINE.replace("C:\\", "\\\\server\\share\\"),
        LINE.replace("service_host", "other"),
        LINE.replace("1.0.0", "%TEMP%"),
        LINE.replace("1.0.0", "1\n0"),
        "",
    ],
)
def test_what_is_not_ours_starts_nothing(line: str) -> None:
    with pytest.raises(ValueError, match="no command line"):
        image_path.program_of(line)


@pytest.mark.parametrize(
    ("program", "console"),
    [
        (PROGRAM, PROGRAM),
        (PROGRAM.replace("python.exe", "pythonw.exe"), PROGRAM),
        (PROGRAM.replace("python.exe", "PYTHONW.EXE"), PROGRAM),
        (r"C:\pythonw.exe\other.exe", r"C:\pythonw.exe\other.exe"),
    ],
)
def test_a_service_runs_the_interpreter_without_a_window(
    program: str, console: str
) -> None:
    assert image_path.without_window(program) == console


@pytest.mark.parametrize("program", ["python.exe", 'C:\\a" "b.exe', ""])
def test_a_program_that_is_no_whole_path_is_none(program: str) -> None:
    with pytest.raises(ValueError, match="no "):
        image_path.spelled(program)
