"""What the scripts of all Python clients share."""

import os
import sys
import traceback
from typing import Callable

from pydantic import BaseModel

BASE_URL = os.environ["GATEWAY_URL"] + "/v1"
MODEL = "sonnet"
API_KEY = "unused"

# A red PNG of one pixel.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
IMAGE_URL = "data:image/png;base64," + PIXEL


class Place(BaseModel):
    city: str
    degrees: float
    tags: list[str]
    country: str | None


PLACE = Place(city="Paris", degrees=21, tags=["Paris"], country="Paris")


def check(value: object, expected: object) -> None:
    """Asserts that two values are equal, and says both when they are not."""
    assert value == expected, f"{value!r} is not {expected!r}"


def run(*tests: Callable[[], None]) -> None:
    """Runs all the tests, prints a line for each, and exits with 1 when one failed."""
    failed = False
    for test in tests:
        name = test.__name__.replace("_", " ")
        try:
            test()
            print("ok", name)
        except Exception:
            failed = True
            print("FAILED", name)
            traceback.print_exc()
    sys.exit(1 if failed else 0)
