"""The icon: one file of several pictures, as Windows reads it."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage, QImageReader, QImageWriter

from installer.windows.icon import ico


def png(side: int) -> bytes:
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(QColor("#0b5cad"))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert QImageWriter(buffer, b"png").write(image)
    return bytes(data.data())


def test_every_picture_is_found_again() -> None:
    pictures = {side: png(side) for side in (256, 16, 48)}
    data = QByteArray(ico(pictures))
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, b"ico")
    assert reader.imageCount() == 3
    sides = set()
    for at in range(3):
        assert reader.jumpToImage(at)
        image = reader.read()
        assert image.pixelColor(1, 1) == QColor("#0b5cad")
        sides.add(image.width())
    assert sides == set(pictures)


def test_the_same_pictures_give_the_same_bytes() -> None:
    one, other = png(16), png(32)
    assert ico({16: one, 32: other}) == ico({32: other, 16: one})
