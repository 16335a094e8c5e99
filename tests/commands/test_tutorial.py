from tests.commands.tutorial import PAGE, outputs


def test_the_tutorial_shows_what_the_commands_print() -> None:
    shown = outputs(PAGE.read_text(encoding="utf-8"))
    assert len(shown) >= 8
    for command, on_the_page, now in shown:
        assert (command, on_the_page) == (command, now)
