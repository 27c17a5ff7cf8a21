# Learns the second opinion from its crops, sets its odds right, measures it, and writes the graph, the card and the lists.
"""python close.py --base mobilenetv2_features.onnx --work WORK --version 2026-11-22 [--real AB] [--to ..] [--held]

After `close_crops.py`. Choices are made by cross-validation by group on the training side; `--held` measures the side kept out.
"""
import argparse
import csv
import json
import os

import numpy as np
from onnx import TensorProto, helper
from scipy.linalg import eigh
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from close_crops import COVER, FACTOR, LITTER, SIDE, front
from export import write
from features import rng_of
from lists import may_learn, share_of
from nets import Writer
from train_list import ranges

BASE = {
    "name": "MobileNetV2 1.0 (ImageNet), ONNX model zoo mobilenetv2-7 without its classifier",
    "licence": "Apache-2.0",
    "copyright": "Copyright 2018-2019 The ONNX model zoo contributors",
    "source": "weights of webmachinelearning/test-data `models/mobilenetv2_nchw` (fork ibelem/test-data)",
}
SETTINGS = {
    "askFrom": {"spot": 0.15, "boxes": {"manhole_open": 0.2, "heap": 0.2, "sacks": 0.2}},
    "trust": {"spot": 0.7, "boxes": 0.5},
    "mostBoxes": 4,
    "stepBack": {"askFrom": 0.1, "unless": 0.5, "cover": 0.3, "litter": 0.7, "scales": [3, 5], "least": 0.03, "most": 8},
    "thresholds": {"open-manhole": {"raise": 0.7, "record": 0.25}, "dumping": {"raise": 0.5, "record": 0.3}},
    "bars": ["open-manhole.all.auc >= 0.90"],
}
# Strongest directions of the marks that the judges see.
KEPT = 512
FOLDS, SHUFFLES = 5, 2


class Crops:
    """What close_crops.py wrote, in a basis of the KEPT strongest directions."""

    def __init__(self, work, real):
        with open(os.path.join(work, "list.json")) as f:
            items = {i["file"]: i for i in json.load(f)}
        d = np.load(os.path.join(work, "close-crops.npz"))
        rows = d["rows"]
        self.items = [items[d["files"][int(r)]] for r in rows[:, 0]]
        self.cover, self.litter = rows[:, 1].astype(int), rows[:, 2].astype(int)
        self.weight, self.place, self.copy = rows[:, 3], rows[:, 4].astype(int), rows[:, 5].astype(int)
        self.kind = np.array([i["kind"] for i in self.items])
        self.group = np.array([f"{i.get('source_repo', 'rendered')}|{i.get('group') or i.get('seed')}" for i in self.items])
        self.boxed = np.array([bool(i.get("boxes")) for i in self.items])
        self.label = np.array([i.get("label") or "" for i in self.items])
        self.learn = np.array([may_learn(i, real) for i in self.items])
        self.held = np.array([i["split"] == "held" for i in self.items])
        self.drawn = self.kind == "rendered"
        own, rest = self.learn & (self.kind == "manhole"), np.where(self.learn & (self.kind != "manhole"))[0]
        some = np.random.default_rng(0).choice(rest, min(3000, len(rest)), replace=False)
        part = np.sort(np.concatenate([np.where(own)[0], some]))
        marks = d["x"]
        x = marks[part].astype(np.float32)
        self.mean, self.spread = x.mean(0), x.std(0) + 1e-3
        x = (x - self.mean) / self.spread
        values, u = eigh(x @ x.T, subset_by_index=[max(0, len(x) - KEPT), len(x) - 1])
        # Fewer crops than directions leave some without any spread.
        real = values > 1e-6 * values[-1]
        values, u = values[real], u[:, real]
        self.basis = x.T @ (u / np.sqrt(values)).astype(np.float32)
        at = range(0, len(marks), 1000)
        self.x = np.concatenate([((marks[i : i + 1000].astype(np.float32) - self.mean) / self.spread) @ self.basis for i in at])


def fit(c, m, y, w, strength):
    if not 0 < y[m].sum() < m.sum():
        print("too few crops: a judge that was shown one answer only says nothing")
        return np.zeros(c.x.shape[1]), 0.0
    model = LogisticRegression(C=strength, solver="newton-cholesky", max_iter=25).fit(c.x[m], y[m], sample_weight=w[m])
    return model.coef_[0], float(model.intercept_[0])


def mixed(c, m, y, parts):
    """One linear judge from several: `parts` are (share, weights of the crops, strength)."""
    coef, bias = np.zeros(c.x.shape[1]), 0.0
    for share, w, strength in parts:
        a, b = fit(c, m & (w > 0), y, w, strength)
        coef, bias = coef + share * a, bias + share * b
    return coef, bias


def unseen(c, m, y, parts):
    """Logits of every crop that may be learned from by judges that did not learn from its group, averaged over shuffles."""
    total = np.zeros(len(y))
    for shuffle in range(SHUFFLES):
        fold = np.array([int(share_of(f"{shuffle}|{g}") * FOLDS) for g in c.group])
        for k in range(FOLDS):
            coef, bias = mixed(c, m & c.learn & (fold != k), y, parts)
            total[fold == k] += (c.x[fold == k] @ coef + bias) / SHUFFLES
    return total


def odds(logit, y, w):
    """Slope and shift that make a logit calibrated."""
    if not 0 < y.sum() < len(y):
        return 1.0, 0.0
    model = LogisticRegression(C=1e4).fit(logit[:, None], y, sample_weight=w)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def share(logit):
    return 1 / (1 + np.exp(-logit))


def calibration_error(p, y):
    b = np.minimum((p * 10).astype(int), 9)
    return float(sum(abs(p[b == k].mean() - y[b == k].mean()) * (b == k).mean() for k in range(10) if (b == k).any()))


def figures(c, m, y, p):
    """AUC with its interval by group, and the calibration error."""
    at = np.where(m)[0]
    groups = [at[c.group[at] == g] for g in sorted(set(c.group[at]))]
    rng, aucs, errors = rng_of("intervals"), [], []
    for _ in range(400):
        i = np.concatenate([groups[k] for k in rng.integers(len(groups), size=len(groups))])
        if 0 < y[i].sum() < len(i):
            aucs.append(roc_auc_score(y[i], p[i]))
            errors.append(calibration_error(p[i], y[i]))
    low, high = np.percentile(aucs, [2.5, 97.5]) if aucs else (0.0, 1.0)
    return {
        "n": len(at),
        "positive": int(y[at].sum()),
        "auc": round(float(roc_auc_score(y[at], p[at])), 4),
        "ci95": [round(float(low), 3), round(float(high), 3)],
        "ece": round(calibration_error(p[at], y[at]), 3),
        "right": round(float(((p[at] >= 0.5) == (y[at] == 1)).mean()), 3),
    }


def judges(c):
    """The five linear judges: which crops they learn from, what is true there, and how drawn and real ones are weighed."""
    real = np.where(c.drawn, 0.0, c.weight)
    near, far = np.where(c.drawn, 0.03, c.weight), np.where(c.drawn, 1.0, c.weight)
    manhole = c.kind == "manhole"
    spots = (c.cover < 2) | ((c.cover == 2) & manhole & ~c.boxed)
    told = c.cover < 3
    asked = c.litter >= 0
    even = np.where(c.drawn, 0.3, c.weight)
    return {
        "open": (spots, c.cover == 0, [(0.7, near, 1e-4), (0.3, far, 1e-3)], spots & (manhole | c.drawn)),
        "cover": (told, c.cover < 2, [(1.0, even, 1e-3)], told & (c.copy == 0)),
        "unsure": (np.ones(len(told), bool), c.cover == 3, [(1.0, even, 1e-3)], c.copy >= 0),
        "litter": (asked, c.litter == 0, [(0.5, real, 1e-3), (0.5, np.where(c.drawn, 1.0, 0.5 * c.weight), 1e-3)], asked & (c.copy == 0)),
        "ground": (asked & (c.litter > 0), c.litter == 1, [(1.0, even, 1e-3)], asked & (c.litter > 0) & (c.copy == 0)),
    }


def learn(c, report):
    heads = {}
    for name, (m, y, parts, judged) in judges(c).items():
        y = y.astype(int)
        logit = unseen(c, m, y, parts)
        # Copies as cameras would have given them count too, or the odds would hold for clear pictures only.
        at = c.learn & judged & (c.copy >= 0)
        w = np.where(c.drawn, 0.0, c.weight)
        for drawn in (False, True):
            for yes in (0, 1):
                part = at & (c.drawn == drawn) & (y == yes)
                w[part] = (1.0 if drawn else 3.0) / max(1, part.sum())
        slope, shift = odds(logit[at], y[at], w[at])
        coef, bias = mixed(c, m & c.learn, y, parts)
        heads[name] = (coef * slope, bias * slope + shift)
        now = share(logit * slope + shift)
        for drawn in (False, True):
            part = at & (c.drawn == drawn) & (c.copy == 0)
            if 0 < y[part].sum() < part.sum():
                report[f"{name}, {'rendered' if drawn else 'real'}, cross-validated"] = figures(c, part, y, now)
                report[f"{name}, {'rendered' if drawn else 'real'}, cross-validated"]["slope"] = round(slope, 3)
    return heads


def measure(c, heads, report):
    p = {k: share(c.x @ coef + bias) for k, (coef, bias) in heads.items()}
    first = c.held & (c.copy == 0)
    for name, (_, y, _, judged) in judges(c).items():
        for drawn in (False, True):
            part = first & judged & (c.drawn == drawn)
            if 0 < y[part].sum() < part.sum():
                report[f"{name}, {'rendered' if drawn else 'real'}, held out"] = figures(c, part, y.astype(int), p[name])
    whole = first & (c.kind == "waste") & (c.place == 0)
    report["litter, whole or first box against clean, held out"] = figures(c, whole, (c.litter == 0).astype(int), p["litter"])


def graph(base, c, heads):
    model = front(base, count=1)
    del model.graph.output[:]
    w = Writer("head_")
    names = list(heads)
    kernel = np.stack([c.basis @ heads[n][0] for n in names], 1).astype(np.float32)
    shift = np.array([heads[n][1] for n in names], np.float32)
    x = w.node("Sub", ["marks", w.weight(c.mean)])
    x = w.node("Mul", [x, w.weight(1 / c.spread)])
    x = w.node("Sigmoid", [w.node("Gemm", [x, w.weight(kernel), w.weight(shift)])])
    one = w.weight(np.array([[1]], np.float32))
    p = dict(zip(names, (f"is_{n}" for n in names)))
    w.nodes.append(helper.make_node("Split", [x, w.weight(np.ones(len(names), np.int64))], list(p.values()), axis=1))
    less = {n: w.node("Sub", [one, t]) for n, t in p.items()}
    cover = w.node("Mul", [less["unsure"], p["cover"]])
    other = w.node("Mul", [less["unsure"], less["cover"]])
    parts = [w.node("Mul", [cover, p["open"]]), w.node("Mul", [cover, less["open"]]), other, p["unsure"]]
    w.node("Concat", parts, "cover", axis=1)
    parts = [p["litter"], w.node("Mul", [less["litter"], p["ground"]]), w.node("Mul", [less["litter"], less["ground"]])]
    w.node("Concat", parts, "litter", axis=1)
    outputs = {"cover": [1, len(COVER)], "litter": [1, len(LITTER)]}
    model.graph.node.extend(w.nodes)
    model.graph.initializer.extend(w.weights)
    model.graph.output.extend(helper.make_tensor_value_info(k, TensorProto.FLOAT, s) for k, s in outputs.items())
    return model, outputs


def train_list(c, path):
    used = {i["file"]: i for i, learn in zip(c.items, c.learn) if learn}.values()
    with open(path, "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["sha256", "perceptual_hash", "source_repo", "group", "licence", "list"])
        for i in used:
            if i["kind"] != "rendered":
                out.writerow([i["sha256"], i["phash"], i["source_repo"], i["group"], i["licence"], i["kind"]])
        for r in ranges(int(i["seed"]) for i in used if i["kind"] == "rendered"):
            out.writerow(["", "", "simulator/stage", f"seed {r}", "Apache-2.0", "rendered"])


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--base", required=True)
    p.add_argument("--work", required=True)
    p.add_argument("--version", required=True)
    p.add_argument("--real", choices=("A", "AB"), default="AB", help="classes of real pictures to learn from")
    p.add_argument("--to", default="", help="folder of models: write close-v0 there")
    p.add_argument("--held", action="store_true", help="measure on the side kept out")
    a = p.parse_args()
    report = {}
    crops = Crops(a.work, a.real)
    found = learn(crops, report)
    if a.held:
        measure(crops, found, report)
    for name, row in report.items():
        print(f"{name}: {json.dumps(row)}")
    if a.to:
        model, outputs = graph(a.base, crops, found)
        card = {
            "name": "close-v0",
            "version": a.version,
            "decoder": "close",
            "file": "model.onnx",
            "input": {"name": "crop", "widthPx": SIDE, "heightPx": SIDE, "layout": "nhwc", "type": "uint8", "colour": "rgb", "fit": "stretch"},
            "classes": {"cover": list(COVER), "litter": list(LITTER)},
            "factor": FACTOR,
            **SETTINGS,
            "bases": [BASE],
            "licence": "Apache-2.0",
        }
        write(model, "close-v0", a.to, card, outputs)
        train_list(crops, os.path.join(a.to, "close-v0", "train-list.csv"))
