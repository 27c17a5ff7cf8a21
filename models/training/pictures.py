# Opens a picture as the product does, and disturbs it the way cameras, codecs and weather do.
import io
import json

import numpy as np
from PIL import Image, ImageFilter

from base import HEIGHT, WIDTH

SURFACES = ("other", "dry", "wet", "water", "snow", "lawn_snow", "soil")
# Classes of the object head; the boxes of a rendered still use the names on the right.
OBJECTS = {
    "lorry": ("lorry", "tipper", "tipper_raised"),
    "tipper_raised": ("tipper_raised",),
    "manhole_open": ("manhole_open",),
    "manhole_closed": ("manhole_closed",),
    "heap": ("heap",),
    "sacks": ("sacks",),
    "cone": ("cone",),
}


def open_rgb(path):
    with Image.open(path) as im:
        return im.convert("RGB")


def soft_masks(mask, size):
    """Class numbers -> share of each class in each cell, [classes, h, w]."""
    m = np.asarray(mask)
    planes = [Image.fromarray(((m == k) * 255).astype(np.uint8)).resize(size, Image.BOX) for k in range(len(SURFACES))]
    return np.stack([np.asarray(p, np.float32) / 255 for p in planes])


class View:
    """A crop of the picture and perhaps its mirror: maps fractions of the picture to fractions of the view."""

    def __init__(self, x0=0.0, y0=0.0, w=1.0, h=1.0, mirror=False):
        self.x0, self.y0, self.w, self.h, self.mirror = x0, y0, w, h, mirror

    @staticmethod
    def random(rng, least=0.6):
        w = h = float(rng.uniform(least, 1.0))
        h = min(1.0, h * float(rng.uniform(0.9, 1.1)))
        return View(float(rng.uniform(0, 1 - w)), float(rng.uniform(0, 1 - h)), w, h, bool(rng.random() < 0.5))

    def picture(self, im, size, resample=Image.BILINEAR):
        W, H = im.size
        box = (self.x0 * W, self.y0 * H, (self.x0 + self.w) * W, (self.y0 + self.h) * H)
        out = im.resize(size, resample, box=box)
        return out.transpose(Image.FLIP_LEFT_RIGHT) if self.mirror else out

    def point(self, x, y):
        x, y = (x - self.x0) / self.w, (y - self.y0) / self.h
        return (1 - x if self.mirror else x), y

    def box(self, b):
        """The box in the view, cut at its edges, or None when less than half of it is inside."""
        x1, y1 = self.point(b["x"], b["y"])
        x2, y2 = self.point(b["x"] + b["w"], b["y"] + b["h"])
        if x1 > x2:
            x1, x2 = x2, x1
        full = (x2 - x1) * (y2 - y1)
        x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, 1), min(y2, 1)
        if x2 <= x1 or y2 <= y1 or (x2 - x1) * (y2 - y1) < 0.5 * full:
            return None
        return {**b, "x": x1, "y": y1, "w": x2 - x1, "h": y2 - y1}

    def polygon(self, points):
        return [self.point(x, y) for x, y in points]


def lit(a, rng):
    """A pool of light as headlamps throw it, wherever its centre lies: what it covers is brighter, near it perhaps burnt."""
    h, w = a.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    across = w * float(rng.uniform(0.12, 0.7))
    down = across * float(rng.uniform(0.2, 0.8))
    d = ((x - w * float(rng.uniform(-0.3, 1.3))) / across) ** 2 + ((y - h * float(rng.uniform(-0.3, 1.3))) / down) ** 2
    pool = np.exp(-d)[:, :, None] * np.array([1.0, rng.uniform(0.85, 1.0), rng.uniform(0.65, 1.0)], np.float32)
    return a * (1 + float(np.exp(rng.uniform(-0.5, 1.8))) * pool) + float(rng.uniform(0, 0.15)) * pool


def darkened(im, rng):
    """A picture taken by day as dusk or a badly lit night would give it: little light, lamps' colour, pools of light, noise."""
    a = (np.asarray(im, np.float32) / 255) ** 2.2
    a = a * float(np.exp(rng.uniform(-3.2, -1.2))) * np.array([1.0, rng.uniform(0.75, 1.0), rng.uniform(0.45, 1.0)], np.float32)
    for _ in range(int(rng.integers(0, 4))):
        a = lit(a, rng)
    a = np.clip(a, 0, None) ** (1 / 2.2)
    a = a + rng.normal(0, float(rng.uniform(0.005, 0.03)), (*a.shape[:2], 1)) + rng.normal(0, 0.01, a.shape)
    return Image.fromarray((np.clip(a, 0, 1) * 255).astype(np.uint8))


def disturb(im, rng, strength=1.0):
    """Light, colour, blur, noise, coding: what stands between the street and the byte. Size is kept."""
    a = np.asarray(im, np.float32) / 255
    if rng.random() < 0.25 * strength:
        a = lit(a, rng)
    a = a ** float(np.exp(rng.normal(0, 0.22 * strength)))
    a = (a - 0.5) * float(np.exp(rng.normal(0, 0.15 * strength))) + 0.5 + float(rng.normal(0, 0.05 * strength))
    a = a * np.exp(rng.normal(0, 0.05 * strength, 3)).astype(np.float32)
    if rng.random() < 0.25 * strength:
        grey = a.mean(2, keepdims=True)
        a = grey + (a - grey) * float(rng.uniform(0.0, 0.8))
    if rng.random() < 0.15 * strength:  # haze
        a = a + (float(rng.uniform(0.6, 0.95)) - a) * float(rng.uniform(0.05, 0.45))
    if rng.random() < 0.5 * strength:
        a = a + rng.normal(0, float(rng.uniform(0.005, 0.04)), a.shape[:2] + (1,)).astype(np.float32)
        a = a + rng.normal(0, 0.01, a.shape).astype(np.float32)
    im = Image.fromarray((np.clip(a, 0, 1) * 255).astype(np.uint8))
    if rng.random() < 0.3 * strength:
        im = im.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.2))))
    if rng.random() < 0.7 * strength:
        buf = io.BytesIO()
        im.save(buf, "JPEG", quality=int(rng.integers(25, 90)))
        im = Image.open(buf).convert("RGB")
    return im


def read_truth(path):
    """The labels of a rendered still, with boxes as {class, x, y, w, h, visible, track}; `visible` is 1 in plain view."""
    with open(path) as f:
        truth = json.load(f)
    boxes = []
    for b in truth["boxes"]:
        if b["class"] == "none":
            continue
        x, y, w, h = b["box"]
        boxes.append({"class": b["class"], "x": x, "y": y, "w": w, "h": h, "visible": b["visible"], "track": b["track"]})
    truth["boxes"] = boxes
    return truth


def network_frame(im):
    """uint8 [1, 384, 640, 3] as the graph wants it, resampled as the product does (libvips, kernel `linear`): a side that
    shrinks by the triangle filter, as Pillow's BILINEAR; where one grows, by two neighbours, all of it half a new pixel further
    right and down than Pillow would put it. Without it pictures of small cameras come out 3 to 5 grey levels apart."""
    if im.size != (WIDTH, HEIGHT):
        im = im.resize((min(im.width, WIDTH), min(im.height, HEIGHT)), Image.BILINEAR)
        x, y = im.width / WIDTH, im.height / HEIGHT
        if x < 1 or y < 1:
            im = im.transform((WIDTH, HEIGHT), Image.AFFINE, (x, 0, -0.5 * x, 0, y, -0.5 * y), Image.BILINEAR)
    return np.ascontiguousarray(np.asarray(im, np.uint8))[None]
