"""Opening screens and reading what they say."""

from streamlit.testing.v1 import AppTest

from tests.support.processes import ROOT


def open_screen(script: str, *, timezone: str = "Europe/Berlin", **query: str) -> AppTest:
    """Run a script of the dashboard; fails when it shows a traceback."""
    screen = AppTest.from_file(str(ROOT / script), default_timeout=60)
    screen.context["timezone"] = timezone
    for name, value in query.items():
        screen.query_params[name] = value
    return run(screen)


def run(screen: AppTest) -> AppTest:
    """Run it again with what was typed and pressed."""
    screen.run()
    assert not screen.exception
    return screen


def press(screen: AppTest, label: str) -> AppTest:
    """Press the button of this label."""
    next(button for button in screen.button if button.label == label).click()
    return run(screen)


def said(screen: AppTest) -> str:
    """Everything there is to read, one element a line."""
    kinds = (screen.title, screen.header, screen.subheader, screen.markdown, screen.caption, screen.info,
             screen.warning, screen.success, screen.error, screen.code)  # fmt: skip
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def scripts(screen: AppTest) -> str:
    """The HTML a screen put into the page, scripts among it."""
    return "\n".join(element.proto.body for element in screen.get("html"))
