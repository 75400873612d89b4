"""A photograph as a person picks it from the phone."""

from tests.factories.evidence import picture_file


def picture(size: tuple[int, int] = (2400, 1800)) -> dict:
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": picture_file(size=size).getvalue()}
