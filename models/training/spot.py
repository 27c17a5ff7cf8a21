# Learns the judge of one registered manhole from crops: open, closed, covered by something, or not to be told.
"""python spot.py --work WORK [--epochs 20] [--seed 1]   ->  <work>/spot.pt

Rendered stills: every registered manhole that is in view. Real pictures: every manhole box, and the close-ups without one.
A crop is made as the program makes it: a square of the frame's own pixels around the zone, 64 x 64.
"""
import argparse
import json
import os

import numpy as np
import torch
from PIL import Image, ImageFilter
from torch.nn import functional as F

from features import rng_of
from lists import may_learn
from nets import SPOT_CLASSES, SPOT_SIDE, SpotNet
from pictures import disturb, open_rgb, read_truth

OPEN, CLOSED, COVERED, UNSURE = range(4)
MARGIN = 0.72


def crop(im, cx, cy, side, tall=1.0):
    """The square around a point, in pixels of the picture; edge pixels are repeated beyond the border. `tall` squeezes it,
    as if the camera hung lower or higher."""
    high = side * tall
    x, y = cx - side / 2, cy - high / 2
    over = max(-x, -y, x + side - im.width, y + high - im.height)
    if over > 0:
        pad = int(over) + 2
        a = np.pad(np.asarray(im), ((pad, pad), (pad, pad), (0, 0)), mode="edge")
        im, x, y = Image.fromarray(a), x + pad, y + pad
    return im.resize((SPOT_SIDE, SPOT_SIDE), Image.BILINEAR, box=(x, y, x + side, y + high))


def spots_of(item):
    """(centre x, centre y, side of the zone, class) in pixels, for each manhole that the picture is known to show."""
    with Image.open(item["file"]) as im:
        W, H = im.size
    out = []
    if item["kind"] == "rendered":
        truth = read_truth(item["truth"])
        by_track = {b["track"]: b for b in truth["boxes"]}
        for z in truth["zones"]:
            if z["kind"] != "manhole":
                continue
            xs, ys = [p[0] * W for p in z["polygon"]], [p[1] * H for p in z["polygon"]]
            side = max(max(xs) - min(xs), max(ys) - min(ys))
            if side < 14 or min(max(xs) - min(xs), max(ys) - min(ys)) < 6:
                continue
            b = by_track.get(z["id"])
            if b is None or b["visible"] < 0.35:
                kind = COVERED
            elif b["visible"] < 0.6:
                continue
            else:
                kind = OPEN if b["class"] == "manhole_open" else CLOSED
            out.append(((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, side, kind))
    elif item["kind"] == "manhole":
        for b in item["boxes"]:
            kind = {"Manhole-Open": OPEN, "Manhole-Closed": CLOSED}.get(b["label"])
            if kind is not None:
                side = max(b["w"] * W, b["h"] * H)
                out.append(((b["x"] + b["w"] / 2) * W, (b["y"] + b["h"] / 2) * H, side * 2.5, kind))
        if not item["boxes"]:
            out.append((W / 2, H / 2, max(W, H) / MARGIN, OPEN if item["label"] == "open" else CLOSED))
    return out


def spoil(im, rng):
    """So bad that nobody could tell."""
    style = rng.integers(0, 3)
    if style == 0:
        return im.filter(ImageFilter.GaussianBlur(float(rng.uniform(7, 14))))
    a = np.asarray(im, np.float32)
    if style == 1:
        a = a * float(rng.uniform(0.01, 0.06)) + rng.normal(0, 4, a.shape)
    else:
        a = 255 - (255 - a) * float(rng.uniform(0.0, 0.05)) + rng.normal(0, 2, a.shape)
    return Image.fromarray(np.clip(a, 0, 255).astype(np.uint8))


def crops(items, copies, stills=True):
    """uint8 crops, their classes, and where each comes from."""
    xs, ys, whence = [], [], []
    for item in items:
        if item["kind"] not in ("rendered", "manhole") or (item["kind"] == "rendered" and not stills):
            continue
        spots = spots_of(item)
        if not spots:
            continue
        im = open_rgb(item["file"])
        for n, (cx, cy, side, kind) in enumerate(spots):
            for copy in range(copies):
                rng = rng_of(f"{item['file']}|{n}|{copy}")
                if copy == 0:
                    c, label = crop(im, cx, cy, side * MARGIN), kind
                else:
                    s = side * MARGIN * float(rng.uniform(0.75, 1.4))
                    jitter = rng.normal(0, 0.05, 2) * side
                    c, label = crop(im, cx + jitter[0], cy + jitter[1], s, float(rng.uniform(0.75, 1.3))), kind
                    if rng.random() < 0.35:
                        # As if the camera were farther away.
                        small = int(rng.integers(16, 50))
                        c = c.resize((small, small), Image.BILINEAR).resize((SPOT_SIDE, SPOT_SIDE), Image.BILINEAR)
                    c = disturb(c, rng, 0.9)
                    if (np.asarray(c).min(2) > 245).mean() > 0.45:
                        label = UNSURE
                    if rng.random() < 0.5:
                        c = c.transpose(Image.FLIP_LEFT_RIGHT)
                    if rng.random() < 0.06:
                        c, label = spoil(c, rng), UNSURE
                xs.append(np.asarray(c, np.uint8))
                ys.append(label)
                whence.append(item)
    return np.array(xs), np.array(ys), whence


def to_input(x):
    return torch.from_numpy(x.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1)


def predict(net, x):
    net.eval()
    with torch.no_grad():
        return np.concatenate([torch.softmax(net(to_input(x[i : i + 256])), 1).numpy() for i in range(0, len(x), 256)])


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--work", required=True)
    p.add_argument("--epochs", type=int, default=20)
    p.add_argument("--copies", type=int, default=6)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--real", choices=("A", "AB"), default="A", help="classes of real pictures to learn from")
    p.add_argument("--from", dest="start", default="")
    p.add_argument("--out", default="spot.pt")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    with open(os.path.join(a.work, "list.json")) as f:
        items = json.load(f)
    x, y, whence = crops([i for i in items if may_learn(i, a.real)], a.copies)
    tx, ty, twhence = crops([i for i in items if i["split"] == "held"], 2)
    real, treal = (np.array([w["kind"] == "manhole" for w in l]) for l in (whence, twhence))
    counts = {c: int((y == k).sum()) for k, c in enumerate(SPOT_CLASSES)}
    print("crops", len(y), counts, "held", len(ty), flush=True)
    # Each class weighs the same within each kind of picture, real pictures a third of the rendered ones.
    w = np.zeros(len(y))
    for r in (False, True):
        for k in range(4):
            m = (real == r) & (y == k)
            if m.any():
                w[m] = (0.35 if r else 1.0) * (1.0 if k < 2 else 0.6) / m.sum()
    w = torch.tensor(w / w.mean(), dtype=torch.float32)
    net = SpotNet()
    if a.start:
        net.load_state_dict(torch.load(a.start))
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.05)
    steps = a.epochs * (len(y) // 64)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps, pct_start=0.15)
    target = torch.from_numpy(y)
    for epoch in range(a.epochs):
        net.train()
        order, total = rng.permutation(len(y)), 0.0
        for s in range(len(y) // 64):
            i = order[s * 64 : (s + 1) * 64]
            loss = (F.cross_entropy(net(to_input(x[i])), target[i], reduction="none", label_smoothing=0.05) * w[i]).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            plan.step()
            total += loss.item()
        if epoch % 4 == 3 or epoch == a.epochs - 1:
            q = predict(net, tx)
            text = [f"{name} {(q.argmax(1) == ty)[m].mean():.3f} of {m.sum()}" for name, m in (("rendered", ~treal), ("real", treal)) if m.any()]
            print(f"epoch {epoch + 1}: loss {total / max(1, len(y) // 64):.3f}; right on held-out:", ", ".join(text), flush=True)
    torch.save(net.state_dict(), os.path.join(a.work, a.out))
