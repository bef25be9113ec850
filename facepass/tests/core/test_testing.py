"""What the other tests stand on: where a test's files lie."""

import os
from pathlib import Path

from facepass.testing import home


def test_every_process_of_a_run_has_a_home_of_its_own(settings):
    assert Path(os.environ["FACEPASS_HOME"]) == settings.HOME
    assert (home.run_folder() / home.name() if home.is_worker() else home.run_folder()) == settings.HOME
    assert settings.MEDIA_ROOT.is_relative_to(settings.HOME)
