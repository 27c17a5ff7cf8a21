# Spoils a picture as weather, lenses, light and codecs do, and says where the ground can no longer be judged.
"""Pure functions of a picture, a kind, a strength and a random generator.

    degrade(im, kind, strength, rng)  -> the spoilt picture (PIL, RGB, the same size)
    spoiled(im, kind, strength, rng)  -> the same and `blind`, float32 [24, 40] in 0..1
    spoiled_at_random(im, rng)        -> the same for a kind and strength of its own choice, for training

`strength` runs from 0 to 1. Up to about 0.4 a person still judges the road; from about 0.6 a person does not, be it in
the whole picture (fog, blur, dark) or where it lies (drops, ice, mud, a leaf): that is what `blind` tells, cell by cell.
Each kind computes a `loss` per pixel, which is 0.5 where judging ends; `blind` is its mean around a cell, steepened.

    python degrade.py --pictures A.jpg B.jpg ... --out sheet.png      all kinds at four strengths, to be looked at
"""
import argparse
import io

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

CELLS = (24, 40)
GAMMA = 2.2


def noise(shape, rng, cell, octaves=4, ridged=False):
    """Fractal noise 0..1; `cell` is the size of its largest lumps in pixels, (down, across) or one number."""
    h, w = shape
    cy, cx = cell if isinstance(cell, tuple) else (cell, cell)
    out, weight = np.zeros(shape, np.float32), 0.0
    for k in range(octaves):
        size = (max(2, int(w / cx * 2**k) + 2), max(2, int(h / cy * 2**k) + 2))
        if size[0] > w or size[1] > h:
            break
        small = Image.fromarray(rng.random((size[1], size[0]), np.float32))
        layer = np.asarray(small.resize((w, h), Image.BICUBIC), np.float32)
        if ridged:
            layer = 1 - np.abs(2 * layer - 1)
        out += layer * 0.55**k
        weight += 0.55**k
    return np.clip(out / max(weight, 1e-6), 0, 1)


def step(low, high, x):
    """0 under `low`, 1 over `high`, smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def soft(a, sigma):
    """Gaussian blur of a map or a picture; wide ones are done on a reduced copy."""
    if sigma < 0.3:
        return a
    if sigma > 6:
        f = int(sigma / 3)
        h, w = a.shape[:2]
        planes = a if a.ndim == 3 else a[:, :, None]
        size = (max(2, -(-w // f)), max(2, -(-h // f)))
        out = []
        for c in range(planes.shape[2]):
            small = Image.fromarray(np.ascontiguousarray(planes[:, :, c], np.float32)).resize(size, Image.BOX)
            small = ndimage.gaussian_filter(np.asarray(small, np.float32), (sigma * size[1] / h, sigma * size[0] / w), mode="nearest")
            out.append(np.asarray(Image.fromarray(small).resize((w, h), Image.BICUBIC), np.float32))
        return np.stack(out, 2) if a.ndim == 3 else out[0]
    return ndimage.gaussian_filter(a, (sigma, sigma, 0) if a.ndim == 3 else sigma, mode="nearest", truncate=3)


def spread(a, kernel):
    """Convolution with a small kernel; the edge is repeated."""
    kh, kw = kernel.shape
    h, w = a.shape[:2]
    padded = np.pad(a, ((kh // 2, kh // 2), (kw // 2, kw // 2), (0, 0)), mode="edge")
    size = (padded.shape[0] + kh - 1, padded.shape[1] + kw - 1)
    fk = np.fft.rfft2(kernel, size)
    out = np.fft.irfft2(np.fft.rfft2(padded, size, axes=(0, 1)) * fk[:, :, None], size, axes=(0, 1))
    return out[kh - 1 : kh - 1 + h, kw - 1 : kw - 1 + w].astype(np.float32)


def disc(radius):
    n = max(1, int(np.ceil(radius)))
    y, x = np.mgrid[-n : n + 1, -n : n + 1]
    k = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return k / k.sum()


def sample(a, ys, xs):
    """Pixels of a picture at fractional places; beyond the edge it is mirrored."""
    return np.stack([ndimage.map_coordinates(a[:, :, c], (ys, xs), order=1, mode="mirror") for c in range(3)], 2)


def mix(a, b, alpha):
    alpha = alpha[:, :, None] if alpha.ndim == 2 else alpha
    return a * (1 - alpha) + b * alpha


def luma(a):
    return a @ np.array([0.299, 0.587, 0.114], np.float32)


def light(a):
    return np.clip(a, 0, None) ** GAMMA


def dark_of(a):
    return np.clip(a, 0, None) ** (1 / GAMMA)


def places(shape):
    h, w = shape
    return np.mgrid[0:h, 0:w].astype(np.float32)


def blob_cover(shape, rng, count, least, most, softness, wobble=0.35, stretch=1.3):
    """Round lumps: (cover 0..1, distance inside 0..1 from rim to middle, offsets from the middle of the lump on top)."""
    h, w = shape
    y, x = places(shape)
    cover, inside = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    dy, dx = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    ripple = noise(shape, rng, h / 6, 3) - 0.5
    for _ in range(count):
        r = h * float(np.exp(rng.uniform(np.log(least), np.log(most))))
        cy, cx = float(rng.uniform(-0.05, 1.05)) * h, float(rng.uniform(-0.05, 1.05)) * w
        ry, rx = r * float(rng.uniform(1.0, stretch)), r * float(rng.uniform(0.85, 1.1))
        reach = 1.6
        y1, y2 = max(0, int(cy - ry * reach)), min(h, int(cy + ry * reach) + 1)
        x1, x2 = max(0, int(cx - rx * reach)), min(w, int(cx + rx * reach) + 1)
        if y2 <= y1 or x2 <= x1:
            continue
        part = np.s_[y1:y2, x1:x2]
        d = np.hypot((y[part] - cy) / ry, (x[part] - cx) / rx) + ripple[part] * wobble
        c = 1 - step(1 - softness, 1 + softness * 0.3, d)
        top = c > cover[part]
        dy[part] = np.where(top, y[part] - cy, dy[part])
        dx[part] = np.where(top, x[part] - cx, dx[part])
        inside[part] = np.where(top, np.clip(1 - d, 0, 1), inside[part])
        cover[part] = np.maximum(cover[part], c)
    return cover, inside, dy, dx


def edge_distance(shape, rng, sides):
    """How far a place is from the sides that are named, 0 at the edge, 1 in the middle of the height."""
    h, w = shape
    y, x = places(shape)
    d = np.full(shape, 9.0, np.float32)
    for side in sides:
        one = {"top": y / h, "bottom": (h - y) / h, "left": x / h, "right": (w - x) / h}[side]
        d = np.minimum(d, one)
    return 2 * d


# Each kind: (a [h, w, 3] 0..1, strength, rng) -> (a, loss [h, w]).


def drops(a, s, rng):
    """Rain on the glass: lumps of water that turn the scene upside down, out of focus, and a film between them."""
    h, w = a.shape[:2]
    y, x = places((h, w))
    count = int(3 + 190 * s**1.6 * rng.uniform(0.7, 1.3))
    big = 0.045 + 0.1 * s
    cover, inside, dy, dx = blob_cover((h, w), rng, count, 0.012, big, float(rng.uniform(0.35, 0.9)), 0.45)
    if s > 0.35 and rng.random() < 0.6:  # runnels
        for _ in range(int(rng.integers(1, 2 + int(8 * s)))):
            cx, wide = rng.uniform(0, w), h * rng.uniform(0.01, 0.03 + 0.03 * s)
            path = cx + np.cumsum(rng.normal(0, 0.35, h)).astype(np.float32) + 0.02 * h * np.sin(np.arange(h) / h * rng.uniform(3, 14))
            d = np.abs(x - path[:, None].astype(np.float32)) / wide
            c = (1 - step(0.5, 1.1, d)) * (y > rng.uniform(-0.3, 0.6) * h)
            top = c > cover
            dx = np.where(top, x - path[:, None], dx).astype(np.float32)
            dy = np.where(top, 0, dy)
            inside = np.where(top, np.clip(1 - d, 0, 1), inside)
            cover = np.maximum(cover, c)
    # A film of water bends what lies behind it by a slowly changing amount and blurs it.
    film = max(0.0, s - 0.25)
    bend = film * h * 0.05
    ys = y + (noise((h, w), rng, h / 7, 3) - 0.5) * 2 * bend
    xs = x + (noise((h, w), rng, h / 7, 3) - 0.5) * 2 * bend
    behind = light(sample(a, ys, xs))
    behind = spread(behind, disc(film * h * 0.022)) if film * h * 0.022 > 0.7 else behind
    lens = float(rng.uniform(3.5, 7))
    # A drop gathers a wide piece of the scene, upside down, and is far out of focus: lamps in it become its own disc.
    lit = light(a)[1::3, 1::3]
    wide = spread(lit + 3 * np.clip(lit - 0.6, 0, 1), disc(h / 3 * float(rng.uniform(0.03, 0.06))))
    drop = sample(wide, (y - dy * lens - 0.1 * h) / 3, (x - dx * lens) / 3)
    shade = 0.8 + 0.4 * np.clip(dy / (0.08 * h), -1, 1) + 0.25 * (1 - inside)
    drop = soft(np.clip(drop * np.clip(shade, 0.4, 1.5)[:, :, None], 0, 4), h * 0.006)
    out = mix(behind, drop, cover * float(rng.uniform(0.8, 0.97)))
    if s > 0.3:  # lamps behind water scatter over everything
        out = out + soft(np.clip(light(a) - 0.5, 0, 1), h * 0.08) * s * 1.2
    return dark_of(out), np.clip(cover * 0.95 + film * 0.75 * step(0.2, 0.8, film * 1.4 + 0.1), 0, 1)


def snow(a, s, rng):
    """Flakes stuck on the glass, lumps that grow together from a side, flakes in the air before the lens."""
    h, w = a.shape[:2]
    bright = float(np.clip(np.quantile(luma(a), 0.8), 0.12, 0.92))
    day = bright > 0.35
    count = int(6 + 330 * s**1.7 * rng.uniform(0.7, 1.3))
    cover, inside, _, _ = blob_cover((h, w), rng, count, 0.007 + 0.012 * s, 0.02 + 0.06 * s, float(rng.uniform(0.6, 0.98)), 0.9, 1.2)
    if s > 0.3 and rng.random() < 0.75:
        sides = list(rng.choice(["bottom", "left", "right", "top"], int(rng.integers(1, 3)), replace=False, p=[0.4, 0.2, 0.2, 0.2]))
        d = edge_distance((h, w), rng, sides)
        reach = (s - 0.25) * rng.uniform(1.2, 2.4)
        pack = 1 - step(reach * 0.55, reach + 0.1, d + (noise((h, w), rng, h / 5, 5) - 0.5) * 0.8)
        cover = np.maximum(cover, pack)
    tone = np.clip(bright * (1.05 if day else 1.5) * (0.65 + 0.6 * noise((h, w), rng, h / 3, 6)), 0, 1)
    # By day snow on the glass is lit from behind: its thick parts are darker than its rim.
    tone = tone * (1 - 0.25 * inside) if day else tone
    colour = np.array([0.96, 0.98, 1.0], np.float32) * tone[:, :, None]
    out = mix(soft(a, h * 0.004 * max(0, s - 0.3)), colour, np.clip(cover * float(rng.uniform(0.82, 1.0)), 0, 1))
    air = np.zeros((h, w), np.float32)
    fall = int(60 + 500 * s * rng.random())
    slant = rng.uniform(-0.8, 0.8)
    for _ in range(fall):
        r = float(rng.choice([0.6, 0.8, 1.2, 2.0])) * h / 384
        n = int(rng.integers(1, 7))
        y0, x0 = rng.uniform(0, h), rng.uniform(0, w)
        for k in range(n):
            yy, xx = int(y0 + k * r), int(x0 + k * r * slant)
            r2 = max(1, int(r))
            air[max(0, yy) : max(0, yy + r2), max(0, xx) : max(0, xx + r2)] = rng.uniform(0.25, 0.8)
    air = soft(air, 0.7 * h / 384)
    out = mix(out, np.full_like(out, min(1.0, bright * 1.2)), air * 0.8)
    veil = 0.35 * max(0, s - 0.2)
    out = mix(out, np.full_like(out, bright * 0.95), np.full((h, w), veil, np.float32))
    return out, np.clip(cover + veil * 0.5, 0, 1)


def ice(a, s, rng):
    """Frost that grows from the rim inwards: feathers at its front, white haze behind it."""
    h, w = a.shape[:2]
    sides = ["top", "bottom", "left", "right"]
    if rng.random() < 0.4:
        sides = list(rng.choice(sides, int(rng.integers(1, 4)), replace=False))
    d = edge_distance((h, w), rng, sides)
    y, x = places((h, w))
    # Feathers: ridges of noise whose places are turned by a slow field, so that they branch instead of lying in rows.
    turn, sway = ((noise((h, w), rng, h / 3, 3) - 0.5) * h * 0.35 for _ in range(2))
    ridge = noise((h, w), rng, (h / 6, h / 14), 5, ridged=True)
    fine = noise((h, w), rng, (h / 12, h / 45), 4, ridged=True)
    ridge = ndimage.map_coordinates(ridge, (y + turn, x + sway), order=1, mode="mirror")
    fine = ndimage.map_coordinates(fine, (y + sway, x - turn), order=1, mode="mirror")
    fine = np.maximum(fine, noise((h, w), rng, h / 60, 3))
    reach = s * (1.5 if len(sides) > 2 else 2.3) - 0.15
    front = d + (ridge - 0.5) * 0.7 + (noise((h, w), rng, h / 3, 3) - 0.5) * 0.5
    grown = 1 - step(reach - 0.22, reach + 0.05, front)
    crystal = np.clip(0.35 + 0.45 * step(0.4, 0.95, fine) + 0.5 * (ridge - 0.4) + 0.3 * (noise((h, w), rng, h / 4, 3) - 0.5), 0, 1)
    alpha = np.clip(grown * (0.62 + 0.38 * crystal), 0, 0.985)
    bright = float(np.clip(np.quantile(luma(a), 0.75), 0.08, 0.9))
    blur = soft(a, h * 0.02)
    tone = bright * (0.72 + 0.5 * crystal) * (0.85 + 0.3 * soft(luma(a), h * 0.12)[:, :] / max(0.05, float(luma(a).mean())) * 0.5)
    colour = np.array([0.95, 0.99, 1.03], np.float32) * tone[:, :, None]
    through = mix(a, blur, np.clip(grown * 1.2, 0, 1))
    return mix(through, colour, alpha * float(rng.uniform(0.85, 1))), grown


def condensation(a, s, rng):
    """Breath on the inner side of the glass: milky, soft, lamps with wide halos; thinner in places."""
    h, w = a.shape[:2]
    thick = np.clip(noise((h, w), rng, h / 1.5, 3) * 0.9 + 0.55, 0, 1.2) * s
    lin = light(a)
    one, two = soft(lin, h * 0.02 * (0.3 + s)), soft(lin, h * 0.1)
    glow = soft(np.clip(lin - 0.45, 0, 1), h * 0.16)
    out = mix(lin, one, np.clip(thick * 2.2, 0, 1))
    out = mix(out, two * 1.05 + 0.02, np.clip((thick - 0.25) * 1.15, 0, 0.97))
    return dark_of(out + glow * s * 1.6), np.clip(thick * 0.95, 0, 1)


def fog(a, s, rng):
    """Air that hides what is far before what is near, to the colour of the sky or of the lamps."""
    h, w = a.shape[:2]
    y, _ = places((h, w))
    horizon = float(rng.uniform(-0.1, 0.3))
    far = 1 / (np.clip(y / h - horizon, 0, None) * float(rng.uniform(1.0, 2.5)) + 0.16)
    patchy = 0.8 + 0.4 * noise((h, w), rng, (h / 3, w / 2), 3)
    beta = 0.05 * np.exp(s * 5.6)
    through = np.exp(-beta * far * patchy)
    lin = light(a)
    top = lin[: max(1, h // 4)].reshape(-1, 3)
    sky = np.quantile(top, 0.7, axis=0)
    night = float(luma(a).mean()) < 0.22
    air = sky * 0.5 + sky.mean() * 0.5 if not night else np.array([1.0, 0.86, 0.66]) * max(0.02, float(lin.mean()) * 1.2)
    air = np.clip(air, 0.012, 0.75).astype(np.float32)
    scattered = mix(lin, soft(lin, h * 0.025), np.clip(1 - through, 0, 1) * 0.7)
    out = mix(np.broadcast_to(air, a.shape), scattered, through)
    if night:
        out = out + soft(np.clip(lin - 0.3, 0, 1), h * 0.1) * s * 1.5
    return dark_of(out), np.clip(1 - step(0.0, 0.32, through) * 1.0, 0, 1)


def sun(a, s, rng):
    """A low sun before the lens: a burnt patch, a veil over all, streaks and ghosts; the exposure sinks below it."""
    h, w = a.shape[:2]
    y, x = places((h, w))
    sy, sx = float(rng.uniform(-0.15, 0.45)) * h, float(rng.uniform(0.05, 0.95)) * w
    d = np.hypot(y - sy, x - sx) / h
    power = 0.02 * np.exp(s * 5.6)
    lin = light(a) * (1 - 0.45 * s)
    veil = power * (0.10 + 0.9 * np.exp(-d * float(rng.uniform(1.6, 3.2)))) + power * 4 * np.exp(-((d / 0.16) ** 2))
    angle = np.arctan2(y - sy, x - sx)
    rays = 0.6 + 0.8 * np.abs(np.sin(angle * int(rng.integers(3, 9)) + rng.uniform(0, 6))) ** 6
    veil = veil * (0.75 + 0.35 * rays)
    warm = np.array([1.0, rng.uniform(0.84, 0.97), rng.uniform(0.6, 0.9)], np.float32)
    out = lin + veil[:, :, None].astype(np.float32) * warm
    vy, vx = h / 2 - sy, w / 2 - sx
    for _ in range(int(rng.integers(1, 5))):  # ghosts lie on the line through the middle
        t, r = rng.uniform(0.4, 2.0), h * rng.uniform(0.02, 0.09)
        g = 1 - step(0.75, 1.0, np.hypot(y - sy - vy * t, x - sx - vx * t) / r)
        out = out + g[:, :, None] * power * 0.15 * rng.uniform(0.3, 1.0, 3).astype(np.float32)
    if rng.random() < 0.5:  # a dirty glass shows when the sun stands on it
        out = out + (veil * noise((h, w), rng, h / 20, 4) ** 3 * 1.2)[:, :, None] * warm
    hidden = veil / (veil + 0.08 + np.clip(luma(lin), 0, 0.3))
    burnt = step(0.8, 1.05, luma(out))
    return dark_of(out), np.clip(step(0.45, 1.15, hidden) * 0.9 + burnt * 0.6, 0, 1)


def headlights(a, s, rng):
    """Night and lamps that look into the lens: burnt discs with stars, a veil, their mirror on a wet road."""
    h, w = a.shape[:2]
    y, x = places((h, w))
    lin = light(a)
    mean = float(luma(lin).mean())
    lin = lin * min(1.0, float(rng.uniform(0.02, 0.05)) / max(mean, 1e-3)) * (1 - 0.5 * s)
    glare = np.zeros((h, w), np.float32)
    for _ in range(int(rng.integers(1, 3 + int(3 * s)))):
        cy, cx = float(rng.uniform(0.2, 0.9)) * h, float(rng.uniform(0.05, 0.95)) * w
        size = h * float(rng.uniform(0.008, 0.03)) * (0.7 + cy / h)
        gap = size * float(rng.uniform(4, 9))
        for side in (-1, 1):
            d = np.hypot(y - cy, x - cx - side * gap / 2) / h
            p = 0.06 * np.exp(s * 4.4)
            angle = np.arctan2(y - cy, x - cx - side * gap / 2)
            star = 1 + 2.5 * np.abs(np.cos(angle * 2 + 0.3)) ** 24
            glare += p * np.exp(-((d / (size / h * 1.6)) ** 2)) * 6
            glare += p * np.exp(-d / (0.05 + 0.12 * s)) * star * 0.5 + p * 0.035 * np.exp(-d / 0.6)
            below = np.clip((y - cy) / h, 0, None)
            glare += p * 0.35 * np.exp(-(((x - cx - side * gap / 2) / (size * 2)) ** 2)) * np.exp(-below / 0.18) * (y > cy)
    tint = np.array([1.0, rng.uniform(0.9, 1.0), rng.uniform(0.72, 1.0)], np.float32)
    out = lin + glare[:, :, None] * tint
    out = dark_of(out) + rng.normal(0, 0.012 + 0.02 * s, (h, w, 1)).astype(np.float32)
    hidden = glare / (glare + 0.02 + np.clip(luma(lin), 0, 0.1))
    dim = 1 - step(0.002, 0.012, soft(luma(lin), h * 0.03) + 0.02 * glare)
    return out, np.clip(step(0.5, 1.1, hidden) * 1.0 * step(0.05, 0.3, glare) + 0.35 * dim, 0, 1)


def defocus(a, s, rng):
    h = a.shape[0]
    radius = h * 0.002 * np.exp(s * 4.2)
    return dark_of(np.clip(spread(light(a), disc(radius)), 0, 1)), np.full(a.shape[:2], np.clip(s, 0, 1), np.float32)


def motion(a, s, rng):
    """The pole shakes or the head turns while the shutter is open."""
    h = a.shape[0]
    length = h * 0.008 * np.exp(s * 4.2)
    n = int(np.ceil(length)) | 1
    angle = rng.uniform(0, np.pi)
    k = np.zeros((n, n), np.float32)
    path = np.linspace(-0.5, 0.5, 4 * n)
    bow = rng.uniform(-0.25, 0.25) * (path**2 - 0.08)
    ys = np.clip((n - 1) / 2 + (n - 1) * (path * np.sin(angle) + bow * np.cos(angle)), 0, n - 1)
    xs = np.clip((n - 1) / 2 + (n - 1) * (path * np.cos(angle) - bow * np.sin(angle)), 0, n - 1)
    np.add.at(k, (np.round(ys).astype(int), np.round(xs).astype(int)), 1)
    return dark_of(np.clip(spread(light(a), k / k.sum()), 0, 1)), np.full(a.shape[:2], np.clip(s, 0, 1), np.float32)


def dark(a, s, rng):
    """Lamps are out, or the gain is at its end: what is left drowns in noise and in the steps of eight bits."""
    h, w = a.shape[:2]
    lin = light(a)
    # The brightness of the ground alone decides: a night picture needs less to be lost than one of noon.
    ground = float(np.quantile(luma(lin[h // 3 :]), 0.6))
    wanted = 0.06 * np.exp(-s * 6.8)
    out = dark_of(lin * min(1.0, wanted / max(ground, 1e-4)))
    if rng.random() < 0.4:
        out = mix(out, luma(out)[:, :, None].repeat(3, 2), np.full((h, w), 1.0, np.float32))
    grain = rng.normal(0, 1, (h, w, 1)) * 0.6 + rng.normal(0, 1, (h, w, 3)) * 0.4
    out = out + grain.astype(np.float32) * float(rng.uniform(0.004, 0.022))
    seen = soft(luma(np.clip(out, 0, 1)), h * 0.04)
    return out, np.clip(1 - step(0.015, 0.095, seen) * 0.95, 0, 1)


def bright(a, s, rng):
    """Over-exposed: the ground runs into white first, dark things stay."""
    h = a.shape[0]
    lin = light(a)
    ground = float(np.quantile(luma(lin[h // 3 :]), 0.5))
    wanted = 0.2 * np.exp(s * 3.3)
    lift = float(rng.uniform(0, 0.15)) * s
    out = lin * max(1.0, wanted / max(ground, 0.02)) + lift
    out = out + soft(np.clip(out - 1, 0, 3), h * 0.03) * 0.25
    burnt = soft((luma(dark_of(out)) > 0.97).astype(np.float32), h * 0.03)
    # A sky that was white before is no loss.
    white = soft((luma(a) > 0.93).astype(np.float32), h * 0.03)
    return dark_of(out), np.clip(burnt * 0.8 - white, 0, 1)


def blocked(a, s, rng):
    """Something before the lens: a sheet, a leaf, fingers, a pole, paint. Near the lens, so its edge is soft."""
    h, w = a.shape[:2]
    y, x = places((h, w))
    what = str(rng.choice(["sheet", "leaf", "fingers", "pole", "paint", "cap"], p=[0.25, 0.25, 0.15, 0.15, 0.1, 0.1]))
    share = float(np.clip(0.06 + s * 1.15, 0.05, 1.15))
    bright = float(np.clip(np.quantile(luma(a), 0.7), 0.1, 0.85))
    shading = 0.7 + 0.5 * noise((h, w), rng, h / 2, 4)
    if what in ("sheet", "cap", "paint"):
        side = str(rng.choice(["left", "right", "top", "bottom"]))
        d = edge_distance((h, w), rng, [side]) / 2 * (h / w if side in ("left", "right") else 1)
        rough = 0.9 if what == "paint" else 0.15
        d = d + (noise((h, w), rng, h / 4, 4 if what == "paint" else 1) - 0.5) * rough
        cover = 1 - step(share - 0.02, share + 0.03, d)
        if what == "cap" and s > 0.8:
            cover = np.ones_like(cover)
        folds = 0.8 + 0.4 * noise((h, w), rng, (h / 2, h / 9), 3, ridged=True)
        colour = rng.uniform(0.25, 1.0) * rng.uniform(0.75, 1.0, 3) if what == "sheet" else rng.uniform(0.01, 0.18, 3)
        tone = bright * 1.2 * (folds if what == "sheet" else shading)
    elif what == "pole":
        wide, cx, lean = share * 0.55 * w, float(rng.uniform(0.2, 0.8)) * w, float(rng.uniform(-0.3, 0.3))
        d = np.abs(x - cx - (y - h / 2) * lean) / wide
        cover = 1 - step(0.96, 1.04, d)
        grain = noise((h, w), rng, h / 20, 5)
        colour, tone = rng.uniform(0.45, 0.6) * np.ones(3), bright * (1.3 - 0.6 * d) * (0.8 + 0.4 * grain)
    else:
        cover, tone = np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
        count = int(rng.integers(1, 4)) if what == "leaf" else int(rng.integers(2, 5))
        base = rng.uniform(0, 2 * np.pi)
        cy0, cx0 = float(rng.uniform(0.2, 0.9)) * h, float(rng.uniform(0.1, 0.9)) * w
        for k in range(count):
            angle = base + (k - count / 2) * (0.28 if what == "fingers" else rng.uniform(0.5, 2))
            gap = 0.19 * share if what == "fingers" else float(rng.uniform(0, 0.2))
            cy, cx = cy0 - np.cos(angle) * k * h * gap, cx0 + np.sin(angle) * k * h * gap * (-1) ** k
            if what == "fingers":
                cy, cx = cy0 + k * h * 0.16 * share * np.cos(base), cx0 - k * h * 0.22 * share * np.sin(base) + k * h * 0.12
            u = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
            v = -(x - cx) * np.sin(angle) + (y - cy) * np.cos(angle)
            if what == "leaf":
                long, wide = h * (0.25 + 0.75 * share), h * (0.1 + 0.38 * share)
                width = wide * np.clip(1 - (u / long) ** 2, 0, None) ** 1.2 * (1 + 0.25 * u / long)
                c = 1 - step(0.9, 1.05, np.abs(v) / np.maximum(width, 1e-3))
                vein = np.exp(-((v / (h * 0.006)) ** 2)) + 0.4 * np.abs(np.sin((np.abs(v) * 0.8 + u) / (h * 0.035))) ** 12
                t = bright * (0.8 + 0.35 * vein) * shading
            else:
                wide = h * (0.05 + 0.16 * share)
                tip = np.clip(u / wide + 0.5, 0, 1)
                c = 1 - step(0.85, 1.1, np.hypot(v / wide, np.minimum(u, 0) / wide)) * 1.0
                t = bright * 1.25 * (0.55 + 0.5 * np.sqrt(np.clip(1 - (v / wide) ** 2, 0, 1))) * (0.9 + 0.1 * tip)
            tone = np.where(c > cover, t, tone)
            cover = np.maximum(cover, c)
        greens = [(0.25, 0.5, 0.12), (0.4, 0.5, 0.1), (0.6, 0.42, 0.12), (0.45, 0.3, 0.12)]
        skins = [(0.85, 0.6, 0.48), (0.7, 0.48, 0.36), (0.5, 0.33, 0.25), (0.95, 0.74, 0.62)]
        colour = np.array((greens if what == "leaf" else skins)[int(rng.integers(4))])
        if what == "fingers":
            cover, tone = soft(cover, h * 0.012), soft(tone, h * 0.012)
    cover = soft(cover.astype(np.float32), h * float(rng.uniform(0.003, 0.03)))
    thing = np.clip(tone[:, :, None] * np.asarray(colour, np.float32) * 1.3, 0, 1).astype(np.float32)
    return mix(a, thing, np.clip(cover, 0, 1)), np.clip(cover, 0, 1)


def mud(a, s, rng):
    """Splashes and dust on the glass: brown and grey, thick in the middle, with a spray around."""
    h, w = a.shape[:2]
    count = int(2 + 60 * s**1.6 * rng.uniform(0.7, 1.3))
    big, _, _, _ = blob_cover((h, w), rng, count, 0.02, 0.06 + 0.16 * s, 0.5, 1.4, 1.5)
    fine, _, _, _ = blob_cover((h, w), rng, int(40 + 260 * s), 0.002, 0.012, 0.6, 0.6, 1.6)
    dust = s * 0.85 * step(0.2, 0.7, noise((h, w), rng, h / 3, 5))
    cover = np.clip(np.maximum(soft(big, h * 0.006) * (0.75 + 0.4 * noise((h, w), rng, h / 18, 4)), fine * 0.7), 0, 0.97)
    cover = np.clip(cover + dust * (1 - cover), 0, 0.98)
    bright = float(np.clip(np.quantile(luma(a), 0.7), 0.08, 0.7))
    earths = [(0.5, 0.38, 0.26), (0.42, 0.36, 0.3), (0.55, 0.5, 0.44), (0.33, 0.27, 0.2)]
    colour = np.array(earths[int(rng.integers(4))], np.float32) * bright * float(rng.uniform(0.8, 1.5))
    tone = (0.75 + 0.5 * noise((h, w), rng, h / 14, 5))[:, :, None]
    return mix(soft(a, h * 0.006 * s), np.clip(colour * tone, 0, 1), cover), np.clip(cover * 0.95, 0, 1)


def coded(a, quality, factor=1.0):
    im = Image.fromarray((np.clip(a, 0, 1) * 255).astype(np.uint8))
    size = im.size
    if factor > 1:
        im = im.resize((max(16, int(size[0] / factor)), max(16, int(size[1] / factor))), Image.BILINEAR)
    buf = io.BytesIO()
    im.save(buf, "JPEG", quality=int(quality))
    out = Image.open(buf).convert("RGB")
    if out.size != size:
        out = out.resize(size, Image.NEAREST if factor < 3 else Image.BILINEAR)
    return np.asarray(out, np.float32) / 255


def codec(a, s, rng):
    """What is left when the line or the encoder gives up: coarse blocks, lost slices, smeared and shifted rows."""
    h, w = a.shape[:2]
    loss = np.zeros((h, w), np.float32)
    kind = str(rng.choice(["coarse", "lost", "both"], p=[0.3, 0.4, 0.3]))
    out = a
    if kind in ("coarse", "both"):
        out = coded(out, max(2, round(26 * (1 - s) ** 2 + 2)), 1 + 3.2 * max(0, s - 0.3))
        loss += np.clip(s * 1.05 - 0.05, 0, 1)
    if kind in ("lost", "both"):
        block = max(4, round(16 * h / 384 * float(rng.choice([0.7, 1, 2]))))
        rows = h // block
        out = out.copy()
        share = s * float(rng.uniform(0.8, 1.2))
        y = int(rng.integers(0, max(1, int(rows * (1 - share)) + 1)))
        how = str(rng.choice(["grey", "green", "smear", "shift", "pink"]))
        for r in range(y, rows):
            if r - y > share * rows:
                break
            start = int(rng.integers(0, w // block)) * block if (r == y or rng.random() < 0.35) else 0
            end = w if rng.random() < 0.75 else int(rng.integers(start, w + 1))
            part = np.s_[r * block : (r + 1) * block, start:end]
            if end <= start:
                continue
            if how == "grey":
                out[part] = 0.5 + 0.06 * (out[part] - 0.5)
            elif how == "green":
                out[part] = np.array([0.0, 0.53, 0.0], np.float32)
            elif how == "pink":
                out[part] = np.clip(out[part] * 0.5 + np.array([0.45, 0.1, 0.45], np.float32), 0, 1)
            elif how == "smear":
                out[part] = out[max(0, y * block - 1)][start:end][None]
            else:
                out[part] = np.roll(out[part], int(rng.integers(-6, 7)) * block, 1)
                squares = rng.random((1, -(-(end - start) // block), 1)) < 0.5
                hit = np.repeat(squares, block, 1)[:, : end - start]
                out[part] = np.where(hit, rng.random((1, 1, 3)).astype(np.float32) * 0.6 + 0.2 * out[part], out[part])
            loss[part] = 1
    return out, np.clip(loss, 0, 1)


def tear(a, s, rng):
    """Fields that do not fit, and rows that have lost their hold."""
    h, w = a.shape[:2]
    out = a.copy()
    shift = max(1, int(w * 0.003 * np.exp(s * 3.6)))
    out[1::2] = np.roll(a[1::2], shift, 1)
    if s > 0.3:
        y = int(rng.integers(0, h // 2))
        while y < h:
            n = int(rng.integers(max(2, h // 60), max(3, h // 6)))
            if rng.random() < s:
                out[y : y + n] = np.roll(out[y : y + n], int(rng.normal(0, w * 0.35 * s)), 1)
            y += n
    if s > 0.55:
        sway = np.cumsum(rng.normal(0, w * 0.006 * s, h)).astype(int)
        for r in range(h):
            out[r] = np.roll(out[r], sway[r], 0)
    return out, np.full((h, w), np.clip(s * 0.8, 0, 1), np.float32)


MAKERS = {
    f.__name__: f
    for f in (drops, snow, ice, condensation, fog, sun, headlights, defocus, motion, dark, bright, blocked, mud, codec, tear)
}
KINDS = tuple(MAKERS)


def spoiled(im, kind, strength, rng):
    """(picture, blind): the spoilt PIL picture, and per cell of a 24 x 40 grid how much of its ground is lost, 0..1."""
    a = np.asarray(im.convert("RGB"), np.float32) / 255
    h, w = a.shape[:2]
    out, loss = MAKERS[kind](a, float(strength), rng)
    out = Image.fromarray((np.clip(out, 0, 1) * 255 + 0.5).astype(np.uint8))
    grid = Image.fromarray(np.ascontiguousarray(np.clip(loss, 0, 1), np.float32)).resize((CELLS[1], CELLS[0]), Image.BOX)
    near = ndimage.gaussian_filter(np.asarray(grid, np.float32), 1.0, mode="nearest")
    return out, step(0.38, 0.62, near)


def degrade(im, kind, strength, rng):
    """The picture spoilt in one of KINDS."""
    return spoiled(im, kind, strength, rng)[0]


def spoiled_at_random(im, rng):
    """(picture, blind, names), as they are drawn for training: all kinds alike, mild and strong alike, now and then two."""
    blind, names = np.zeros(CELLS, np.float32), []
    for _ in range(1 + (rng.random() < 0.15)):
        kind = KINDS[int(rng.integers(len(KINDS)))]
        im, more = spoiled(im, kind, float(rng.uniform(0.1, 1.0)), rng)
        blind = np.maximum(blind, more)
        names.append(kind)
    return im, blind, names


def sheet(pictures, out, strengths=(0.2, 0.4, 0.6, 0.9), cell=(256, 154)):
    """All kinds in rows; columns are strengths, each with its blind cells in red beside it."""
    cw, ch = cell
    board = Image.new("RGB", (cw * 2 * len(strengths), (ch + 12) * len(KINDS)))
    draw = ImageDraw.Draw(board)
    for row, kind in enumerate(KINDS):
        for column, s in enumerate(strengths):
            rng = np.random.default_rng([row, column])
            im = Image.open(pictures[(row + column) % len(pictures)]).convert("RGB").resize((640, 384), Image.BILINEAR)
            bad, blind = spoiled(im, kind, s, rng)
            mark = np.asarray(bad.resize(cell, Image.BILINEAR), np.float32)
            red = np.asarray(Image.fromarray(blind).resize(cell, Image.NEAREST), np.float32)[:, :, None] * 0.6
            mark = mark * (1 - red) + np.array([255, 0, 0], np.float32) * red
            x, y = column * 2 * cw, row * (ch + 12)
            draw.text((x + 2, y), f"{kind} {s}  blind {blind.mean():.2f}", fill="white")
            board.paste(bad.resize(cell, Image.BILINEAR), (x, y + 12))
            board.paste(Image.fromarray(mark.astype(np.uint8)), (x + cw, y + 12))
    board.save(out)


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--pictures", nargs="+", required=True)
    p.add_argument("--out", required=True)
    a = p.parse_args()
    sheet(a.pictures, a.out)
