# Learns the three zone levels (flooding, snow, blind) and the features: linear judges of the base's maps, then calibration.
"""python levels.py --work WORK   ->  <work>/levels.npz

A level is sigmoid(bias + logit * L + share * S): L is the mean over the zone of a linear map of four of the base's maps,
S the share of water (or snow) that the surface head sees there. The linear map is fitted on training groups; `bias` and
`logit` on its out-of-fold answers over real pictures, as many of the hazard as without: a level of 0.8 is right eight
times of ten where half of the pictures show the hazard. How sure one must be before anybody is called is not said here but
by the thresholds of the card.

`blind` (this ground cannot be judged) is fitted cell by cell on spoilt pictures (`blind.py`) and on real ones on which
nobody saw the road. `features` is a projection of the same maps to 32 numbers a cell, each of about mean 0 and deviation 1
over streets: first the directions that tell grounds apart, then those along which streets differ most.
"""
import argparse
import json
import os
import pickle

import numpy as np
import torch
from PIL import Image, ImageDraw
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from lists import key_of, may_learn
from nets import RoadHeads, tune
from pictures import SURFACES
from train import Maps

DOWN, ACROSS = 24, 40
LEVEL_MAPS = {"map_c5": 2, "map_s16": 1, "map_s32": 2, "map_s64": 4}
HAZARDS = ("flooding", "snow")
PLANES = (*HAZARDS, "blind")
FEATURES = 32
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


def collect(work, checkpoint, tuning, real="AB"):
    """Rows of (features, shares, labels, group, sample) for all zones of the training side: rendered stills as they are,
    real pictures also disturbed. Shares are seen by the surface head, and only in real pictures as they are."""
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
        samples = [s for s in json.load(f) if may_learn(s, real) and s["kind"] not in ("manhole", "waste")]
    samples = [s for s in samples if s["variant"] == 0 or s["kind"] != "rendered"]
    with torch.no_grad():
        for s in samples:
            key = (s["file"], s["variant"])
            if key not in known:
                known[key] = [(fine, truth, pooled(maps, s, w)) for w, fine, truth in zones_of(maps, s)]
            whole = s["kind"] != "rendered" and s["variant"] == 0
            p = torch.softmax(net(*maps.inputs([s]))[0], 1)[0].numpy() if whole and known[key] else None
            for fine, truth, x in known[key]:
                shares = np.zeros(7) if p is None else (p * fine).sum((1, 2)) / fine.sum()
                rows.append(
                    {
                        "x": x,
                        "shares": (shares[3], shares[4] + shares[5]),
                        "labels": [label_of(s, h, truth) for h in HAZARDS],
                        "group": key_of(s["source_repo"], s["group"]),
                        "sample": s,
                    }
                )
    with open(cache, "wb") as f:
        pickle.dump(known, f)
    return rows


# What a level learns from: which disturbances of real pictures, how much rendered zones weigh beside real ones, how strongly
# it is held back. A crop may cut the puddle away that the label speaks of; snow lies everywhere.
# `share`: what a whole zone of water or snow weighs, in units of the linear map. It is not fitted here: the surface head has
# learned from the very pictures that a fit would ask, and would be believed too much.
LEARNS = {
    "flooding": {"variants": (0,), "drawn": 0.3, "c": 0.1, "share": 10.0},
    "snow": {"variants": (0, 2, 3), "drawn": 0.5, "c": 0.03, "share": 2.5},
}
OTHER_LISTS = 0.3


def balance(y, samples, hazard):
    """Weights. Within each source that shows both, there and not there weigh the same, so that a source cannot be learned
    instead of the hazard; pictures of other lists weigh little; rendered zones weigh a share of all real ones together."""
    w = np.ones(len(y))
    source = np.array([s["source_repo"] for s in samples])
    for name in np.unique(source):
        m = source == name
        n = m.sum()
        for v in (0, 1):
            part = m & (y == v)
            if part.any() and (m & (y != v)).any():
                w[part] = n / 2 / part.sum()
    w[[s["kind"] not in (hazard, "rendered") for s in samples]] *= OTHER_LISTS
    drawn = np.array([s["kind"] == "rendered" for s in samples])
    for r in (False, True):
        for v in (0, 1):
            m = (drawn == r) & (y == v)
            if m.any():
                w[m] *= (LEARNS[hazard]["drawn"] if r else 1.0) / w[m].sum()
    return w * len(y) / w.sum()


def fit(x, y, w, c):
    scaler = StandardScaler().fit(x, sample_weight=w)
    model = LogisticRegression(C=c, max_iter=3000).fit(scaler.transform(x), y, sample_weight=w)
    weights = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - (weights * scaler.mean_).sum())


def folds_of(groups, count=5):
    names = np.unique(groups)
    return np.random.default_rng(1).permutation(len(names))[np.searchsorted(names, groups)] % count


def rest_of(folds, f, y):
    """What a fold is judged by: all others, or with few pictures, where these would lack the hazard, everything."""
    rest = folds != f
    if 0 < y[rest].sum() < rest.sum():
        return rest
    if not 0 < y.sum() < len(y):
        raise SystemExit("No picture shows the hazard, or all do: render more stills, or read more lists.")
    print("  too few pictures: fold", f, "is judged by what has seen it; its figures say nothing")
    return np.ones(len(y), bool)


def even(y):
    """Weights that make both answers weigh the same."""
    w = np.where(y == 1, 0.5 / max(1, (y == 1).sum()), 0.5 / max(1, (y == 0).sum()))
    return w * len(y)


def expected_error(p, y, w, bins=10):
    """Expected calibration error over bins of equal width, weighted."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    return float(sum(abs((w * (p - y))[at == b].sum()) for b in range(bins)) / w.sum())


def at_cells(get, ys, xs):
    """All channels of the four maps at cells of the level grid, [cells, 752]."""
    return np.concatenate([get(n)[:, ys // f, xs // f].T.astype(np.float32) for n, f in LEVEL_MAPS.items()], 1)


class Spoilt:
    """The maps and truths that blind.py has written."""

    def __init__(self, work):
        with open(os.path.join(work, "blind.json")) as f:
            self.samples = json.load(f)
        self.folder, self.open = os.path.join(work, "blind"), {}

    def get(self, name, sample):
        key = (name, sample["chunk"])
        if key not in self.open:
            self.open[key] = np.load(os.path.join(self.folder, f"{name}-{sample['chunk']}.npy"), mmap_mode="r")
        return self.open[key][sample["at"]]


def blind_cells(work, split, real, seed=2, spoilt_cells=24, clear_cells=12):
    """Cells of spoilt pictures, of clear ones and of real ones that nobody could judge: (x, y, weights, group, item)."""
    rng, rows = np.random.default_rng(seed), []

    def take(get, truth, count, sample, weight=1.0):
        # The lower part of a picture is the ground.
        ys, xs = rng.integers(4, DOWN, count), rng.integers(0, ACROSS, count)
        group = f"{sample['source_repo']}|{sample['group'] or sample.get('seed')}"
        for row, y, x in zip(at_cells(get, ys, xs), ys, xs):
            rows.append((row, float(truth[y, x]), weight, group, sample))

    spoilt = Spoilt(work)
    for s in spoilt.samples:
        if s["split"] == split and (split == "held" or may_learn(s, real)):
            take(lambda n: spoilt.get(n, s), spoilt.get("truth", s), spoilt_cells, s)
    maps = Maps(work)
    with open(os.path.join(work, "samples.json")) as f:
        samples = [s for s in json.load(f) if s["split"] == split and s["kind"] in ("flooding", "snow", "road_cctv", "truck", "rendered")]
    samples = [s for s in samples if split == "held" or may_learn(s, real)]
    for s in samples:
        nobody = s["label"] == "cannot_see"
        if nobody or (s["kind"] != "rendered" and s["variant"] == 0) or (s["kind"] == "rendered" and rng.random() < 0.2):
            take(lambda n: maps.get(n, s), np.full((DOWN, ACROSS), float(nobody)), clear_cells * (3 if nobody else 1), s, 2.0 if nobody else 1.0)
    x, y, w, g, items = zip(*rows)
    return np.array(x, np.float32), np.array(y), np.array(w), np.array(g), items


def fit_soft(x, y, w, c):
    """Logistic regression on shares: each cell counts as both answers, by its share."""
    keep0, keep1 = y < 0.98, y > 0.02
    xx = np.concatenate([x[keep0], x[keep1]])
    yy = np.concatenate([np.zeros(keep0.sum()), np.ones(keep1.sum())])
    ww = np.concatenate([(w * (1 - y))[keep0], (w * y)[keep1]])
    ww = ww * np.where(yy == 1, 0.5 / ww[yy == 1].sum(), 0.5 / ww[yy == 0].sum()) * len(x)
    return fit(xx, yy, ww, c)


def judge_of_sight(work, real, c=0.01):
    """The linear map `blind` and its calibration on groups that it has not seen."""
    x, y, w, groups, _ = blind_cells(work, "train", real)
    kept, sure = folds_of(groups) == 0, (y < 0.1) | (y > 0.9)
    rest = ~kept
    if not 0 < (y[kept & sure] > 0.5).sum() < (kept & sure).sum():
        print("  too few pictures: sight is judged by what has seen it; its figure says nothing")
        kept, rest = np.ones(len(y), bool), np.ones(len(y), bool)
    weights, bias = fit_soft(x[rest], y[rest], w[rest], c)
    hard = kept & sure
    logit, lost = x[hard] @ weights + bias, (y[hard] > 0.5).astype(int)
    calibration = LogisticRegression(C=10.0).fit(logit[:, None], lost, sample_weight=even(lost))
    print("blind", len(y), "cells; groups not seen: AUC of a cell", round(roc_auc_score(lost, logit), 3), calibration.coef_[0].round(3))
    weights, bias = fit_soft(x, y, w, c)
    return {
        "blind_weights": weights,
        "blind_bias": bias,
        "blind_calibration": np.array([calibration.intercept_[0], calibration.coef_[0, 0], 0.0]),
    }


def projection(work, real, seed=3):
    """(weights [32, 752], bias [32]): directions that tell surfaces apart (LDA over cells of rendered stills and over real
    pictures by their label), then those along which what remains differs most (PCA), all together whitened."""
    rng, maps = np.random.default_rng(seed), Maps(work)
    with open(os.path.join(work, "samples.json")) as f:
        samples = [s for s in json.load(f) if may_learn(s, real) and s["kind"] in ("flooding", "snow", "road_cctv", "truck", "rendered")]
    samples = [s for s in samples if s["variant"] == 0]
    drawn = [s for s in samples if s["kind"] == "rendered"]
    drawn = [drawn[i] for i in rng.permutation(len(drawn))[:700]]
    xs, ys = [], []
    for s in drawn + [s for s in samples if s["kind"] != "rendered"]:
        at_y, at_x = rng.integers(4, DOWN, 40), rng.integers(0, ACROSS, 40)
        if s["kind"] == "rendered":
            mask = maps.get("mask", s).astype(np.float32).reshape(len(SURFACES), DOWN, 2, ACROSS, 2).mean((2, 4)) / 255
            label = [f"drawn {mask[:, y, x].argmax()}" if mask[:, y, x].max() > 0.8 else "" for y, x in zip(at_y, at_x)]
        else:
            label = [f"real {s['label']}"] * len(at_y)
        xs.append(at_cells(lambda n: maps.get(n, s), at_y, at_x))
        ys += label
    x, y = np.concatenate(xs).astype(np.float64), np.array(ys)
    mean, scale = x.mean(0), x.std(0) + 1e-6
    z = (x - mean) / scale
    names = [n for n in np.unique(y) if n and (y == n).sum() >= 60]
    inside = sum(np.cov(z[y == n].T) for n in names) / len(names)
    centres = np.array([z[y == n].mean(0) for n in names])
    # Shrunk towards the diagonal: neighbouring cells of few pictures are no independent cells.
    inside = 0.7 * inside + 0.3 * np.eye(len(inside)) * np.trace(inside) / len(inside)
    half = np.linalg.cholesky(np.linalg.inv(inside))
    _, _, v = np.linalg.svd((centres - centres.mean(0)) @ half, full_matrices=False)
    telling = (half @ v[:12].T).T
    basis = np.linalg.qr(telling.T)[0]
    rest = z - (z @ basis) @ basis.T
    values, vectors = np.linalg.eigh(np.cov(rest.T))
    most = vectors[:, np.argsort(-values)[: FEATURES - basis.shape[1]]]
    both = np.concatenate([basis, most], 1)
    spread = np.cov((z @ both).T)
    values, vectors = np.linalg.eigh(spread)
    white = both @ vectors @ np.diag(values**-0.5) @ vectors.T
    weights = (white / scale[:, None]).T
    return weights, -(weights @ mean)


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--work", required=True)
    p.add_argument("--checkpoint", default="road.pt")
    p.add_argument("--settings", default="settings.json")
    p.add_argument("--real", choices=("A", "AB"), default="A")
    p.add_argument("--out", default="levels.npz")
    a = p.parse_args()
    with open(a.settings) as f:
        rows = collect(a.work, a.checkpoint, json.load(f)["tuning"], a.real)
    x_all = np.array([r["x"] for r in rows])
    out = {}
    for k, hazard in enumerate(HAZARDS):
        learns = LEARNS[hazard]
        keep = np.array([r["labels"][k] is not None and r["sample"]["variant"] in (0, *learns["variants"]) for r in rows])
        x = x_all[keep]
        part = [r for r, ok in zip(rows, keep) if ok]
        y = np.array([r["labels"][k] for r in part])
        share = np.array([r["shares"][k] for r in part])
        real = np.array([r["sample"]["kind"] != "rendered" for r in part])
        own = np.array([r["sample"]["kind"] == hazard and r["sample"]["variant"] == 0 for r in part])
        w = balance(y, [r["sample"] for r in part], hazard)
        folds = folds_of(np.array([r["group"] for r in part]))
        logit = np.zeros(len(y))
        for f in range(5):
            rest = rest_of(folds, f, y)
            weights, bias = fit(x[rest], y[rest], w[rest], learns["c"])
            logit[folds == f] = x[folds == f] @ weights + bias
        # Calibrated on the pictures of this hazard's own list: half of them show it. Variant A has hardly any: then on all zones.
        at = own & real
        if min((y[at] == 1).sum(), (y[at] == 0).sum()) < 10:
            at = np.ones(len(y), bool)
        u = logit + learns["share"] * share
        calibration = LogisticRegression(C=10.0).fit(u[at][:, None], y[at], sample_weight=even(y[at]))
        slope, shift = float(calibration.coef_[0, 0]), float(calibration.intercept_[0])
        level = 1 / (1 + np.exp(-(slope * u + shift)))
        weights, bias = fit(x, y, w, learns["c"])
        out[f"{hazard}_weights"], out[f"{hazard}_bias"] = weights, bias
        out[f"{hazard}_calibration"] = np.array([shift, slope, slope * learns["share"]])
        fixed = np.array([r["sample"].get("view") == "fixed_camera" for r in part])
        roads = np.array([r["sample"]["kind"] == "road_cctv" for r in part])
        print(hazard, len(y), "zones,", int(y.sum()), "positive; calibration", out[f"{hazard}_calibration"].round(3))
        print("  out of fold: calibration error", round(expected_error(level[at], y[at], even(y[at])), 3))
        for limit in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99):
            said = {
                n: round(float((level[m] >= limit).mean()), 3) if m.any() else None
                for n, m in (
                    ("real there", at & (y == 1)),
                    ("fixed there", at & fixed & (y == 1)),
                    ("fixed calm", at & fixed & (y == 0)),
                    ("roads", roads),
                    ("drawn there", ~real & (y == 1)),
                    ("drawn calm", ~real & (y == 0)),
                )
            }
            print("   from", limit, said)
    out |= judge_of_sight(a.work, a.real)
    out["feature_weights"], out["feature_bias"] = projection(a.work, a.real)
    np.savez(os.path.join(a.work, a.out), **out)
