"""The tour's pictures that the README and the guide show, made small: `make pictures`.

    python packaging/pictures.py build/tour docs/images

Copies the pictures that the documents name, each with the 256 colours that stand for it best,
and removes those that no document names any more.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

ROOT = Path(__file__).resolve().parents[1]
COLOURS = 256
OF_EVERY_SCREEN = re.compile(r"-(?:light|dark)-\d+$")
WIDTH = 960
"""Pixels that the pictures of every screen keep: there are many of them."""
Weighted = list[tuple[tuple[int, int, int], int]]


def wanted() -> set[str]:
    """Names of the pictures in the documents, without folder and suffix."""
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return {
        name
        for document in documents
        for name in re.findall(r"\]\((?:\S*/)?images/([\w-]+)\.png\)", document.read_text("utf-8"))
    }


def palette(image: QImage) -> list[int]:
    """Median cut over the colours that occur, each as often as it occurs."""
    pixels = memoryview(image.constBits()).cast("I")
    seen = Counter(pixels)
    boxes: list[Weighted] = [
        [((c >> 16 & 255, c >> 8 & 255, c & 255), times) for c, times in seen.items()]
    ]
    while len(boxes) < COLOURS:
        box = max(boxes, key=lambda one: _span(one)[1] * sum(times for _, times in one) ** 0.25)
        axis, width = _span(box)
        if width == 0:
            break
        boxes.remove(box)
        box.sort(key=lambda one: one[0][axis])
        middle = (box[0][0][axis] + box[-1][0][axis]) / 2
        low = [one for one in box if one[0][axis] <= middle]
        boxes += [low, box[len(low) :]]
    return [_colour(box) for box in boxes]


def _span(box: Weighted) -> tuple[int, int]:
    """The channel that differs most, and by how much."""
    widths = [max(c[i] for c, _ in box) - min(c[i] for c, _ in box) for i in range(3)]
    return max(enumerate(widths), key=lambda one: one[1])


def _colour(box: Weighted) -> int:
    """The most frequent one, so that large areas keep their exact colour."""
    red, green, blue = max(box, key=lambda one: one[1])[0]
    return 255 << 24 | red << 16 | green << 8 | blue


def small(source: Path, target: Path) -> None:
    image = QImage(str(source)).convertToFormat(QImage.Format.Format_RGB32)
    if image.isNull():
        raise SystemExit(f"{source} is no picture")
    if OF_EVERY_SCREEN.search(target.stem):
        smooth = Qt.TransformationMode.SmoothTransformation
        image = image.scaledToWidth(WIDTH, smooth).convertToFormat(QImage.Format.Format_RGB32)
    flat = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    indexed = image.convertToFormat(QImage.Format.Format_Indexed8, palette(image), flat)
    if not indexed.save(str(target), "PNG", 0):
        raise SystemExit(f"{target} cannot be written")


def main(tour: Path, images: Path) -> int:
    made = {re.sub(r"^\d\d-", "", path.stem): path for path in tour.glob("[0-9][0-9]-*.png")}
    names = wanted()
    missing = sorted(names - set(made))
    if missing:
        print(f"The tour made no picture called: {', '.join(missing)}", file=sys.stderr)
        return 1
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob("*.png"):
        if old.stem not in names:
            old.unlink()
    for name in sorted(names):
        small(made[name], images / f"{name}.png")
    total = sum(path.stat().st_size for path in images.glob("*.png"))
    print(f"{len(names)} pictures in {images}, {total / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
