# Crops for the second opinion: what a candidate looks like from the frame's own pixels, real and rendered, and what it is.
"""python close_crops.py --base mobilenetv2_features.onnx --work WORK [--copies 10]   ->  <work>/close-crops.npz

For every crop the pooled maps of the frozen base (576 + 1280 numbers), the class of each head (-1: not asked), and whence.
A crop is made as the program makes it: a square of the frame's own pixels, FACTOR times the longer side of what it holds.
"""
import argparse
import json
import os

import numpy as np
import onnx
from onnx import TensorProto, helper
from PIL import Image

from base import _drop_unused, _widen, session
from features import rng_of
from nets import Writer
from pictures import disturb, open_rgb, read_truth
from spot import spoil

SIDE = 224
FACTOR = 1.8
COVER = ("open", "closed", "other", "unsure")
LITTER = ("litter", "ground", "other")
# Maps of the base that are read: channels and stride.
MAPS = {"t100": (192, 8), "t147": (384, 16), "t178": (576, 16), "t213": (576, 16), "t275": (1280, 32)}
MARKS = 3 * sum(channels for channels, _ in MAPS.values())


def cut(im, cx, cy, side, tall=1.0, size=SIDE):
    """The square around a point, in pixels of the picture; edge pixels are repeated beyond the border."""
    high = side * tall
    x, y = cx - side / 2, cy - high / 2
    over = max(-x, -y, x + side - im.width, y + high - im.height)
    if over > 0:
        pad = int(over) + 2
        a = np.pad(np.asarray(im), ((pad, pad), (pad, pad), (0, 0)), mode="edge")
        im, x, y = Image.fromarray(a), x + pad, y + pad
    return im.resize((size, size), Image.BILINEAR, box=(x, y, x + side, y + high))


def overlap(a, b):
    w = min(a["x"] + a["w"], b["x"] + b["w"]) - max(a["x"], b["x"])
    h = min(a["y"] + a["h"], b["y"] + b["h"]) - max(a["y"], b["y"])
    return w * h / (a["w"] * a["h"]) if w > 0 and h > 0 else 0.0


def of_manhole(item, W, H):
    out = []
    for b in item["boxes"]:
        at = ((b["x"] + b["w"] / 2) * W, (b["y"] + b["h"] / 2) * H, max(b["w"] * W, b["h"] * H) * FACTOR)
        cover = {"Manhole-Open": 0, "Manhole-Closed": 1}.get(b["label"], 2)
        own = cover < 2
        if own or not any(overlap(b, o) > 0.2 for o in item["boxes"] if o["label"].startswith("Manhole")):
            out.append((*at, cover, 2, 1.0))
    if not item["boxes"]:
        cover = {"open": 0, "closed": 1}.get(item["label"], 2)
        out.append((W / 2, H / 2, max(W, H), cover, 2 if cover < 2 else 1, 1.0))
    return out


def free_places(rng, W, H, boxes, count):
    """Squares on the lower part of a picture that none of the boxes touches."""
    out = []
    for _ in range(count * 6):
        side = float(np.exp(rng.uniform(np.log(0.12), np.log(0.6)))) * min(W, H)
        cx, cy = rng.uniform(side / 2, W - side / 2), rng.uniform(max(0.35 * H, side / 2), max(H - side / 2, 0.36 * H + side / 2))
        place = {"x": (cx - side / 2) / W, "y": (cy - side / 2) / H, "w": side / W, "h": side / H}
        if all(overlap(b, place) < 0.02 and overlap(place, b) < 0.01 for b in boxes):
            out.append((cx, cy, side))
        if len(out) == count:
            break
    return out


def of_waste(item, W, H, rng):
    out = []
    for b in item["boxes"]:
        out.append(((b["x"] + b["w"] / 2) * W, (b["y"] + b["h"] / 2) * H, max(b["w"] * W, b["h"] * H) * FACTOR, 2, 0, 1.0))
    if item["label"] == "clean" or not item["boxes"]:
        out.append((W / 2, H / 2, max(W, H), 2, 1 if item["label"] == "clean" else 0, 1.0))
    if item["label"] == "clean" or item["boxes"]:
        out += [(*p, 2, 1, 0.5) for p in free_places(rng, W, H, item["boxes"], 4)]
    return out


def of_rendered(item, W, H, rng):
    truth = read_truth(item["truth"])
    by_track = {b["track"]: b for b in truth["boxes"]}
    out = []
    for z in truth["zones"]:
        if z["kind"] != "manhole":
            continue
        xs, ys = [p[0] * W for p in z["polygon"]], [p[1] * H for p in z["polygon"]]
        side = max(max(xs) - min(xs), max(ys) - min(ys))
        b = by_track.get(z["id"])
        if side < 14 or min(max(xs) - min(xs), max(ys) - min(ys)) < 6 or (b and 0.35 <= b["visible"] < 0.6):
            continue
        cover = 2 if b is None or b["visible"] < 0.35 else 0 if b["class"] == "manhole_open" else 1
        out.append(((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, side * 0.72, cover, 2, 1.0))
    others = [b for b in truth["boxes"] if not b["class"].startswith("manhole") and b["visible"] >= 0.5]
    rng.shuffle(others)
    room = 2
    for b in others:
        w, h = b["w"] * W, b["h"] * H
        litter = 0 if b["class"] in ("heap", "sacks") else 2
        if max(w, h) < 12 or (litter == 2 and room == 0):
            continue
        room -= litter == 2
        out.append(((b["x"] + b["w"] / 2) * W, (b["y"] + b["h"] / 2) * H, max(w, h) * FACTOR, 2, litter, 1.0))
    dirty = [b for b in truth["boxes"]]
    out += [(*p, 2, 1, 0.5) for p in free_places(rng, W, H, dirty, 1)]
    return out


def places(item):
    """(centre x, centre y, side, class of cover, class of litter, weight) in pixels for what the picture is known to show."""
    rng = rng_of(f"places|{item['file']}")
    with Image.open(item["file"]) as im:
        W, H = im.size
    kind = item["kind"]
    if kind == "rendered":
        return of_rendered(item, W, H, rng)
    if kind == "manhole":
        return of_manhole(item, W, H)
    if kind == "waste":
        return of_waste(item, W, H, rng)
    count = 3 if kind in ("road_cctv", "truck") else 1
    return [(*p, 2, 1 if kind in ("flooding", "snow") else -1, 0.5) for p in free_places(rng, W, H, [], count)]


def changed(im, cx, cy, side, rng, whole):
    """The crop as another camera, nearer, farther, higher or lower, would have given it."""
    s = side * float(np.exp(rng.uniform(-0.5, 0.5) if not whole else rng.uniform(-0.35, 0.3)))
    jitter = rng.normal(0, 0.06, 2) * side
    c = cut(im, cx + jitter[0], cy + jitter[1], s, float(np.exp(rng.uniform(-0.3, 0.3))))
    if rng.random() < 0.4:
        small = int(np.exp(rng.uniform(np.log(20), np.log(110))))
        c = c.resize((small, small), Image.BILINEAR)
        c = disturb(c, rng, 0.8).resize((SIDE, SIDE), Image.BILINEAR)
    else:
        c = disturb(c, rng, 0.9)
    return c.transpose(Image.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else c


def places_of(side):
    """Three masks over a map of side x side cells: the middle (3 of 7 cells), the ring around it (5 of 7), the rest."""
    at = np.arange(side) * 7 // side - 3
    far = np.maximum(np.abs(at)[:, None], np.abs(at)[None, :])
    masks = np.stack([far <= 1, far == 2, far == 3]).reshape(3, -1).astype(np.float32)
    return (masks / masks.sum(1, keepdims=True)).T


def front(path, count="n"):
    """The base with bytes in; `marks` are five of its maps, each pooled over the middle, the ring and the rest."""
    model = onnx.load(path)
    _widen(model)
    w = Writer("own_")
    x = w.node("Transpose", ["crop"], perm=[0, 3, 1, 2])
    x = w.node("Cast", [x], to=TensorProto.FLOAT)
    w.node("Mul", [x, w.weight(np.array(1 / 255, np.float32))], "input")
    parts, after = [], Writer("mark_")
    for name, (channels, stride) in MAPS.items():
        side = SIDE // stride
        flat = after.node("Reshape", [name, after.weight(np.array([-1, channels, side * side], np.int64))])
        pooled = after.node("MatMul", [flat, after.weight(places_of(side))])
        parts.append(after.node("Reshape", [pooled, after.weight(np.array([-1, channels * 3], np.int64))]))
    after.node("Concat", parts, "marks", axis=1)
    g = model.graph
    nodes = [*w.nodes, *g.node, *after.nodes]
    graph = helper.make_graph(
        nodes,
        "close",
        [helper.make_tensor_value_info("crop", TensorProto.UINT8, [count, SIDE, SIDE, 3])],
        [helper.make_tensor_value_info("marks", TensorProto.FLOAT, [count, MARKS])],
        [*g.initializer, *w.weights, *after.weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    _drop_unused(model.graph)
    return model


def marks_of(net, crops):
    return net.run(["marks"], {"crop": np.stack([np.asarray(c, np.uint8) for c in crops])})[0]


def crops_of(item, copies):
    """Yields (crop, class of cover, class of litter, weight, number of the place, copy)."""
    found = places(item)
    if not found:
        return
    im = open_rgb(item["file"])
    rendered = item["kind"] == "rendered"
    for n, (cx, cy, side, cover, litter, weight) in enumerate(found):
        sought = cover < 2 or litter == 0 or item.get("label") == "clean"
        if copies == 0:
            many = 0
        elif sought:
            many = copies // 8 if rendered else copies if item["kind"] == "manhole" else copies // 2
        else:
            many = 0 if rendered else 1
        for copy in range(0 if rendered or not sought else -1, many + 1):
            rng = rng_of(f"{item['file']}|close|{n}|{copy}")
            if copy <= 0:
                c = cut(im, cx, cy, side)
                if copy < 0:
                    c = c.transpose(Image.FLIP_LEFT_RIGHT)
                yield c, cover, litter, weight, n, copy
                continue
            c = changed(im, cx, cy, side, rng, not rendered and cover < 2 and not item["boxes"])
            a, b = cover, litter
            if (np.asarray(c).min(2) > 245).mean() > 0.45:
                a, b = 3, -1
            elif rng.random() < 0.04:
                c, a, b = spoil(c, rng), 3, -1
            yield c, a, b, weight, n, copy


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--base", required=True)
    p.add_argument("--work", required=True)
    p.add_argument("--copies", type=int, default=10)
    p.add_argument("--kinds", default="manhole,waste,road_cctv,truck,flooding,snow,rendered")
    p.add_argument("--out", default="close-crops.npz")
    a = p.parse_args()
    net = session(front(a.base).SerializeToString())
    with open(os.path.join(a.work, "list.json")) as f:
        items = [i for i in json.load(f) if i["kind"] in a.kinds.split(",")]
    maps, rows, batch = [], [], []

    def flush():
        if batch:
            maps.append(marks_of(net, batch).astype(np.float16))
            batch.clear()

    for at, item in enumerate(items):
        copies = 0 if item["split"] == "held" else a.copies
        for c, cover, litter, weight, n, copy in crops_of(item, copies):
            batch.append(c)
            rows.append((at, cover, litter, weight, n, copy))
            if len(batch) == 32:
                flush()
        if at % 200 == 0:
            print(at, "of", len(items), "pictures,", len(rows), "crops", flush=True)
    flush()
    rows = np.array(rows, np.float32)
    files = np.array([i["file"] for i in items])
    np.savez(os.path.join(a.work, a.out), x=np.concatenate(maps), rows=rows, files=files)
    print(len(rows), "crops")
