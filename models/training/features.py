# Runs the frozen base over every listed picture, disturbed in different ways, and keeps its maps for the heads.
"""python features.py --base nanodet_plus_m.onnx --work WORK [--variants 0,2] [--only rendered]

Writes `<work>/maps/<map>-<n>.npy` (float16), one file for every 256 samples, and `<work>/samples.json`: for each sample
its picture, where its maps are, its boxes, zones and masks after the same disturbance. Samples that are there already
are kept: a second call only adds.
"""
import argparse
import hashlib
import json
import os

import numpy as np
from PIL import Image

from base import FEATURE_SHAPES, HEIGHT, WIDTH, cut_base, fold, session
from pictures import View, darkened, disturb, network_frame, open_rgb, read_truth, soft_masks

POOLED = {"map_c5": [1, 464, 12, 20], "map_s64": [1, 96, 6, 10]}
SHAPES = {**FEATURE_SHAPES, **POOLED}
CHUNK = 256
LOWEST = [[0.0, 0.4], [1.0, 0.4], [1.0, 1.0], [0.0, 1.0]]


def rng_of(key):
    return np.random.default_rng(int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big"))


def worth_darkening(item):
    """Water and snow by night are what is missed the most, and the real pictures of them were mostly taken by day."""
    if item["kind"] == "rendered":
        truth = read_truth(item["truth"])
        wet = truth["weather"] in ("rain", "after-rain", "thaw") or any(h["hazard"] in ("flooding", "snow") for h in truth["hazards"])
        return truth["light"] in ("day", "overcast", "low-sun") and wet and rng_of(item["file"]).random() < 0.6
    return item["kind"] in ("flooding", "snow") and item["label"] != "cannot_see" and rng_of(item["file"]).random() < 0.6


def sample_of(item, variant):
    """(frame, record, surface) of one picture under one disturbance; surface is uint8 [7, 48, 80] or None."""
    key = f"{item['file']}|{variant}"
    rng = rng_of(key)
    im = open_rgb(item["file"])
    rendered = item["kind"] == "rendered"
    if variant == 0:
        view, strength = View(), 0.0
    elif variant == 3:
        view, strength = View.random(rng, 0.7), 0.4
    elif variant == 1:
        view, strength = View(mirror=bool(rng.random() < 0.5)), 0.7
    else:
        view, strength = View.random(rng, 0.55 if rendered else 0.75), 1.0
    # The whole picture is scaled once more below, by the product's own way.
    frame = view.picture(im, (WIDTH, HEIGHT)) if variant else im
    if variant == 3:
        frame = darkened(frame, rng)
    if strength:
        frame = disturb(frame, rng, strength)
    record = {
        "file": item["file"],
        "kind": item["kind"],
        "split": item["split"],
        "variant": variant,
        "label": item.get("label"),
        "view": item.get("view"),
        "group": item.get("group") or item.get("seed"),
        "source_repo": item.get("source_repo", "rendered"),
    }
    surface = None
    if rendered:
        truth = read_truth(item["truth"])
        boxes = truth["boxes"]
        record["zones"] = [{**z, "polygon": view.polygon(z["polygon"])} for z in truth.get("zones", [])]
        record["scene"] = {k: truth.get(k) for k in ("scene", "weather", "light", "season", "hazards")}
        with Image.open(item["mask"]) as mask:
            numbers = view.picture(mask.convert("L"), (320, 192), Image.NEAREST)
        surface = soft_masks(numbers, (WIDTH // 8, HEIGHT // 8))
    else:
        names = {"Manhole-Open": "manhole_open", "Manhole-Closed": "manhole_closed"}
        boxes = []
        for b in item["boxes"]:
            name = names.get(b["label"]) or ("sacks" if "bag" in b["label"] or "sack" in b["label"] else None)
            if name:
                boxes.append({"class": name, **{k: b[k] for k in "xywh"}})
        record["zones"] = [{"id": "picture", "kind": "carriageway", "polygon": LOWEST}]
        if item["mask"]:
            with Image.open(item["mask"]) as mask:
                m = view.picture(mask.convert("L"), (WIDTH // 8, HEIGHT // 8), Image.BILINEAR)
            surface = np.zeros((7, HEIGHT // 8, WIDTH // 8), np.float32)
            surface[3] = np.asarray(m, np.float32) / 255
    moved = [view.box(b) for b in boxes]
    record["boxes"] = [b for b in moved if b]
    if surface is not None:
        surface = (surface * 255).round().astype(np.uint8)
    return network_frame(frame), record, surface


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--base", required=True)
    p.add_argument("--work", required=True)
    names = "0: as it is, 1: mildly disturbed, 2: cropped and disturbed, 3: what was taken by day on wet or snowy ground, darkened"
    p.add_argument("--variants", default="0,2,3", help=names)
    p.add_argument("--only", default="")
    p.add_argument("--limit", type=int, default=0)
    a = p.parse_args()
    model, maps = cut_base(a.base)
    net = session(fold(model, {k: (maps[k], s) for k, s in SHAPES.items()}).SerializeToString())
    with open(os.path.join(a.work, "list.json")) as f:
        items = json.load(f)
    folder = os.path.join(a.work, "maps")
    os.makedirs(folder, exist_ok=True)
    index = os.path.join(a.work, "samples.json")
    samples = []
    if os.path.exists(index):
        with open(index) as f:
            samples = json.load(f)
    there = {(s["file"], s["variant"]) for s in samples}
    wanted = [
        (i, v)
        for v in map(int, a.variants.split(","))
        for i in items
        if (i["file"], v) not in there and (not a.only or i["kind"] in a.only.split(","))
        if not (v > 0 and i["split"] == "held") and (v != 3 or worth_darkening(i))
    ]
    if a.limit:
        wanted = wanted[: a.limit]
    first = 1 + max((s["chunk"] for s in samples), default=-1)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        chunk = first + start // CHUNK
        out = {k: np.empty((len(part), *s[1:]), np.float16) for k, s in SHAPES.items()}
        masks = np.zeros((len(part), 7, HEIGHT // 8, WIDTH // 8), np.uint8)
        for n, (item, variant) in enumerate(part):
            frame, record, surface = sample_of(item, variant)
            for k, value in zip(SHAPES, net.run(list(SHAPES), {"frame": frame})):
                out[k][n] = value[0]
            record.update(chunk=chunk, at=n, masked=surface is not None)
            if surface is not None:
                masks[n] = surface
            samples.append(record)
        for k, value in out.items():
            np.save(os.path.join(folder, f"{k}-{chunk}.npy"), value)
        np.save(os.path.join(folder, f"mask-{chunk}.npy"), masks)
        with open(index + ".new", "w") as f:
            json.dump(samples, f)
        os.replace(index + ".new", index)
        print(f"{min(start + CHUNK, len(wanted))} of {len(wanted)}", flush=True)
