# Learns the two zone levels (flooding, snow): a linear judge of the base's maps, then a calibration with the ground share.
"""python levels.py --work WORK   ->  <work>/levels.npz

A level is sigmoid(bias + logit * L + share * S): L is the mean over the zone of a linear map of four of the base's maps,
S the share of water (or snow) that the surface head sees there. The linear map is fitted on training groups, `logit` and
`share` on its out-of-fold answers, so that they are not fooled by what it has learned by heart. `bias` is then set so
that only FALSE_RATE of the calm zones reach one half, rendered and real fixed cameras each for themselves: a city
mostly shows calm streets, and every false alarm costs an operator.
"""
import argparse
import json
import os
import pickle

import numpy as np
import torch
from PIL import Image, ImageDraw
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from lists import may_learn
from nets import RoadHeads, tune
from pictures import SURFACES
from train import Maps

DOWN, ACROSS = 24, 40
LEVEL_MAPS = {"map_c5": 2, "map_s16": 1, "map_s32": 2, "map_s64": 4}
HAZARDS = ("flooding", "snow")
FALSE_RATE = {"flooding": 0.02, "snow": 0.015}
POSITIVE = {"flooding": ("flooded", "ponding"), "snow": ("covered", "partial", "heaps")}
NEGATIVE = {"flooding": ("wet", "dry"), "snow": ("clear_winter", "clear", "wet")}
GROUND = ("carriageway", "crossing", "pavement", "stop", "yard-entry", "underpass")
HIDING = ("person", "car", "bus", "lorry", "tipper", "tipper_raised")


def cells(polygon, down, across):
    """Share of each cell that lies in the polygon."""
    im = Image.new("L", (across * 4, down * 4))
    ImageDraw.Draw(im).polygon([(x * across * 4 - 0.5, y * down * 4 - 0.5) for x, y in polygon], fill=255)
    w = np.asarray(im, np.float32).reshape(down, 4, across, 4).mean((1, 3)) / 255
    return w


def without_boxes(w, boxes):
    down, across = w.shape
    w = w.copy()
    for b in boxes:
        if b["class"] not in HIDING:
            continue
        x1, x2 = int(np.ceil(b["x"] * across - 0.5)), int(np.floor((b["x"] + b["w"]) * across - 0.5))
        y1, y2 = int(np.ceil(b["y"] * down - 0.5)), int(np.floor((b["y"] + b["h"]) * down - 0.5))
        w[max(0, y1) : max(0, y2 + 1), max(0, x1) : max(0, x2 + 1)] = 0
    return w


def pooled(maps, sample, w):
    out = []
    for name, factor in LEVEL_MAPS.items():
        m = maps.get(name, sample).astype(np.float32)
        ww = w.reshape(DOWN // factor, factor, ACROSS // factor, factor).sum((1, 3))
        out.append((m * ww).sum((1, 2)) / ww.sum())
    return np.concatenate(out)


def label_of(sample, hazard, truth):
    """1, 0 or None (not known or in between)."""
    if sample["kind"] == "rendered":
        share = truth[SURFACES.index("water")] if hazard == "flooding" else truth[SURFACES.index("snow")] + truth[SURFACES.index("lawn_snow")]
        low, high = (0.03, 0.2) if hazard == "flooding" else (0.06, 0.3)
        return 1 if share >= high else 0 if share <= low else None
    kind, label = sample["kind"], sample["label"]
    if kind == hazard:
        return 1 if label in POSITIVE[hazard] else 0 if label in NEGATIVE[hazard] else None
    if kind in ("road_cctv", "truck", "flooding", "snow") and label != "cannot_see":
        return 0
    return None


def zones_of(maps, sample):
    """(weights on the level grid, weights on the surface grid, truth shares or None) for each zone worth learning from."""
    out = []
    for z in sample["zones"]:
        if z["kind"] not in GROUND:
            continue
        boxes = sample["boxes"] if sample["kind"] == "rendered" else []
        w, fine = without_boxes(cells(z["polygon"], 24, 40), boxes), without_boxes(cells(z["polygon"], 48, 80), boxes)
        if w.sum() < 6 or fine.sum() < 20:
            continue
        truth = None
        if sample["kind"] == "rendered":
            m = maps.get("mask", sample).astype(np.float32) / 255
            truth = (m * fine).sum((1, 2)) / fine.sum()
        out.append((w, fine, truth))
    return out


def collect(work, split, checkpoint, tuning, real="AB"):
    """Rows of (features, shares, labels, weights, group, sample) for all zones of one side of the split."""
    maps = Maps(work)
    cache = os.path.join(work, "pooled.pickle")
    known = {}
    if os.path.exists(cache):
        with open(cache, "rb") as f:
            known = pickle.load(f)
    net = RoadHeads().to(memory_format=torch.channels_last)
    net.load_state_dict(torch.load(os.path.join(work, checkpoint)))
    tune(net, tuning).eval()
    rows = []
    with open(os.path.join(work, "samples.json")) as f:
        samples = [s for s in json.load(f) if s["split"] == split and s["kind"] not in ("manhole", "waste")]
    samples = [s for s in samples if s["split"] == "held" or may_learn(s, real)]
    # Each picture once, as it is: zones overlap as they are, and a camera shows them so.
    samples = [s for s in samples if s["variant"] == 0]
    with torch.no_grad():
        for s in samples:
            key = (s["file"], s["variant"])
            if key not in known:
                known[key] = [(w, fine, truth, pooled(maps, s, w)) for w, fine, truth in zones_of(maps, s)]
            if not known[key]:
                continue
            p = torch.softmax(net(*maps.inputs([s]))[0], 1)[0].numpy()
            for _, fine, truth, x in known[key]:
                shares = (p * fine).sum((1, 2)) / fine.sum()
                rows.append(
                    {
                        "x": x,
                        "shares": (shares[3], shares[4] + shares[5]),
                        "truth": truth,
                        "labels": [label_of(s, h, truth) for h in HAZARDS],
                        "group": f"{s['source_repo']}|{s['group']}",
                        "sample": s,
                    }
                )
    with open(cache, "wb") as f:
        pickle.dump(known, f)
    return rows


def balance(y, real):
    """Weights: real and rendered weigh the same together, positives and negatives too within each."""
    w = np.zeros(len(y))
    for r in (False, True):
        for v in (0, 1):
            m = (real == r) & (y == v)
            if m.any():
                w[m] = 1 / m.sum()
    return w * len(y) / w.sum()


def fit(x, y, w, c):
    scaler = StandardScaler().fit(x, sample_weight=w)
    model = LogisticRegression(C=c, max_iter=3000).fit(scaler.transform(x), y, sample_weight=w)
    weights = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - (weights * scaler.mean_).sum())


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--work", required=True)
    p.add_argument("--checkpoint", default="road.pt")
    p.add_argument("--settings", default="settings.json")
    p.add_argument("--c", type=float, default=0.03)
    p.add_argument("--real", choices=("A", "AB"), default="A")
    p.add_argument("--out", default="levels.npz")
    a = p.parse_args()
    with open(a.settings) as f:
        rows = collect(a.work, "train", a.checkpoint, json.load(f)["tuning"], a.real)
    x_all = np.array([r["x"] for r in rows])
    out = {}
    for k, hazard in enumerate(HAZARDS):
        keep = np.array([r["labels"][k] is not None for r in rows])
        x = x_all[keep]
        part = [r for r, ok in zip(rows, keep) if ok]
        y = np.array([r["labels"][k] for r in part])
        share = np.array([r["shares"][k] for r in part])
        real = np.array([r["sample"]["kind"] != "rendered" for r in part])
        groups = np.array([r["group"] for r in part])
        w = balance(y, real)
        names = np.unique(groups)
        fold = dict(zip(names, np.random.default_rng(1).integers(0, 5, len(names))))
        folds = np.array([fold[g] for g in groups])
        logit = np.zeros(len(y))
        for f in range(5):
            weights, bias = fit(x[folds != f], y[folds != f], w[folds != f], a.c)
            logit[folds == f] = x[folds == f] @ weights + bias
        z = np.stack([logit, share], 1)
        calibration = LogisticRegression(C=10.0, max_iter=3000).fit(z, y, sample_weight=w)
        slopes = np.maximum(calibration.coef_[0], 0)
        u = z @ slopes
        fixed = np.array([r["sample"].get("view") == "fixed_camera" for r in part])
        limit = max(np.quantile(u[(y == 0) & m], 1 - FALSE_RATE[hazard]) for m in (~real, real & fixed) if ((y == 0) & m).any())
        weights, bias = fit(x, y, w, a.c)
        out[f"{hazard}_weights"], out[f"{hazard}_bias"] = weights, bias
        out[f"{hazard}_calibration"] = np.array([-limit, *slopes])
        found = {n: round(float((u[(y == 1) & m] >= limit).mean()), 3) for n, m in (("rendered", ~real), ("real", real)) if ((y == 1) & m).any()}
        print(hazard, len(y), "zones,", int(y.sum()), "positive; calibration", out[f"{hazard}_calibration"].round(3), "found", found)
    np.savez(os.path.join(a.work, a.out), **out)
