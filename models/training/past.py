# Learns what a camera's own past is worth: a small judge for each hazard on how a look differs from the camera's references.
"""python past.py --series SERIES --data DATA --models MODELS_DIR --work WORK --out MODELS_DIR/past-v0 [--real A]

`--series` holds rendered series (`simulator/stage/render.mjs series`): one camera under many lights, weathers and traffics.
Each look is laid beside calm looks of the same camera as the program does it (detector/past-compare.ts): same light, same
view by its outlines, at most three. The judge is a logistic on a handful of numbers, fitted on all series and on those real
cameras of the training side whose pictures show one view; its bias lies midway between calm looks and hazards. Measured on cameras that were left out, real ones group by group. Prints figures, writes `model.json` and
`train-list.csv`. Networks' answers are kept in `<work>/past-seen.pickle`.
"""
import argparse
import collections
import csv
import glob
import json
import os
import pickle

import numpy as np
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from eval import HIDING, Road
from features import LOWEST
from levels import GROUND, NEGATIVE, POSITIVE, cells
from lists import CLASS_A, key_of, share_of
from pictures import SURFACES, network_frame, open_rgb

ACROSS, DOWN = 80, 48
SAME_VIEW, SHAKE, AT_ONCE = 0.28, 3, 3
INPUTS = ("alone", "far", "farOutside", "levelStep", "shareStep", "wetStep", "count")
USED = {"flooding": ("alone", "far"), "snow": ("alone", "far")}
MOST = {"flooding": 2.0, "snow": 2.0}
LIMITS = {"flooding": (0.03, 0.2), "snow": (0.06, 0.3)}
TWILIGHT = {"day": ("dusk",), "dusk": ("day", "night"), "night": ("dusk",)}
# The same city's cameras come from two repositories; a camera is one group.
JOIN = {"prefeitura-rio/deteccao-alagamento": "luisresende13/octa-flood-images"}


def outline(luma):
    dx, dy = np.zeros_like(luma), np.zeros_like(luma)
    dx[1:-1, 1:-1] = luma[1:-1, 2:] - luma[1:-1, :-2]
    dy[1:-1, 1:-1] = luma[2:, 1:-1] - luma[:-2, 1:-1]
    e = np.log1p(np.hypot(dx, dy) / 8)
    n = np.zeros_like(luma)
    n[1:-1, 1:-1] = 1
    tile = lambda a: a.reshape(DOWN, 2, ACROSS, 2).sum((1, 3))
    e = tile(e * n) / np.maximum(1, tile(n))
    return e - e.mean(1, keepdims=True) - e.mean(0, keepdims=True) + e.mean()


def correlation(a, b, dx, dy):
    a = a[max(0, -dy) : min(DOWN, DOWN - dy), max(0, -dx) : min(ACROSS, ACROSS - dx)]
    b = b[max(0, dy) : min(DOWN, DOWN + dy), max(0, dx) : min(ACROSS, ACROSS + dx)]
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum() + 1e-9))


def register(reference, now):
    best = (correlation(reference, now, 0, 0), 0, 0)
    for _ in range(SHAKE):
        at = best
        for ux, uy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            c = correlation(reference, now, at[1] + ux, at[2] + uy)
            if c > best[0]:
                best = (c, at[1] + ux, at[2] + uy)
        if best is at:
            break
    return best


def open_cells(detections, down, across):
    w = np.ones((down, across), np.float32)
    for b in detections:
        x1, x2 = int(np.ceil(b["x"] * across - 0.5)), int(np.floor((b["x"] + b["w"]) * across - 0.5))
        y1, y2 = int(np.ceil(b["y"] * down - 0.5)), int(np.floor((b["y"] + b["h"]) * down - 0.5))
        w[max(0, y1) : max(0, y2 + 1), max(0, x1) : max(0, x2 + 1)] = 0
    return w


def quarter_of(values):
    """The value under which a quarter of them lie, as the program takes it."""
    return np.sort(values, axis=None)[values.size // 4]


def lamplit(luma):
    """A street under lamps fills a camera's range as a day does: by dark ground, a dark sky and points of light it is told."""
    return (luma > 225).mean() > 0.003 and quarter_of(luma) < 74 and quarter_of(luma[:19]) < 64


def light_of(luma):
    dark, mean = (luma < 50).mean(), luma.mean()
    return "night" if mean < 55 or dark > 0.35 or lamplit(luma) else "dusk" if mean < 78 else "day"


class Looks:
    """What the networks say of pictures, kept on disk."""

    def __init__(self, models, work):
        self.road = Road(os.path.join(models, "road-v0"))
        self.network = f"{self.road.card['name']}@{self.road.card['version']}"
        self.key = f"{self.network} {self.road.card['sha256']}"
        self.path, self.seen, self.looks = os.path.join(work, "past-seen.pickle"), {}, {}
        if os.path.exists(self.path):
            with open(self.path, "rb") as f:
                kept = pickle.load(f)
            self.seen = kept["seen"] if kept["network"] == self.key else {}

    def save(self):
        with open(self.path, "wb") as f:
            pickle.dump({"network": self.key, "seen": self.seen}, f)

    def of(self, file):
        if file in self.looks:
            return self.looks[file]
        if file not in self.seen:
            im = open_rgb(file)
            out = self.road.see(im)
            rgb = network_frame(im)[0][::2, ::2].astype(np.int32)
            grey = (77 * rgb[..., 0] + 150 * rgb[..., 1] + 29 * rgb[..., 2]) >> 8
            self.seen[file] = {
                "features": out["features"][0].astype(np.float16),
                "levels": out["levels"][0][:2],
                "surface": out["surface"][0].astype(np.float16),
                "hiding": [d for d in out["detections"] if d["class"] in HIDING],
                "luma": grey.reshape(96, 2, 160, 2).mean((1, 3)).round().astype(np.uint8),
            }
        s = self.seen[file]
        luma = s["luma"].astype(np.float32)
        self.looks[file] = {
            # As they are kept: in eighths.
            "features": np.clip(np.round(s["features"].astype(np.float32) * 8), -127, 127) / 8,
            "levels": s["levels"],
            "surface": s["surface"].astype(np.float32),
            "outline": outline(luma),
            "light": light_of(luma),
            "open": open_cells(s["hiding"], 24, 40),
            "fine": open_cells(s["hiding"], 48, 80),
        }
        return self.looks[file]


def shifted(m, sx, sy):
    out = np.full(m.shape, np.nan, np.float32)
    h, w = m.shape[-2:]
    y0, y1, x0, x1 = max(0, sy), min(h, h + sy), max(0, sx), min(w, w + sx)
    out[..., y0:y1, x0:x1] = m[..., y0 - sy : y1 - sy, x0 - sx : x1 - sx]
    return out


def far_of(now, laid):
    best = np.full((24, 40), np.nan, np.float32)
    for q, dx, dy in laid:
        sx, sy = int(np.round(dx / 2)), int(np.round(dy / 2))
        d = np.sqrt(((now["features"] - shifted(q["features"], sx, sy)) ** 2).mean(0))
        d[~(shifted(q["open"], sx, sy) > 0)] = np.nan
        best = np.fmin(best, d)
    return best


def spread_of(laid):
    maps = []
    for i, (q, dx, dy) in enumerate(laid):
        others = [(p, ex - dx, ey - dy) for j, (p, ex, ey) in enumerate(laid) if j != i]
        d = far_of(q, others)
        d[q["open"] == 0] = np.nan
        maps.append(d)
    known = np.isfinite(maps)
    return np.where(known.any(0), np.where(known, maps, 0).sum(0) / np.maximum(1, known.sum(0)), np.nan)


def mean(values, weights):
    ok = np.isfinite(values) & (weights > 0)
    return float((values[ok] * weights[ok]).sum() / weights[ok].sum()) if ok.any() else np.nan


def choose(now, calm):
    """The references that may speak: [(look, dx, dy)], nearest view first; `calm` holds (look, registration)."""
    same = [(c, q, dx, dy) for q, (c, dx, dy) in calm if c >= SAME_VIEW]
    like = [s for s in same if s[1]["light"] == now["light"]]
    use = like or [s for s in same if s[1]["light"] in TWILIGHT[now["light"]]]
    return [s[1:] for s in sorted(use, key=lambda s: -s[0])[:AT_ONCE]]


def parts_of(card, look, zone, fine):
    """Levels alone and ground shares of a zone, as the program reads them."""
    w, f = zone * look["open"], fine * look["fine"]
    w = w if w.sum() >= 0.05 * zone.sum() else zone
    f = f if f.sum() >= 0.05 * fine.sum() else fine
    shares = (look["surface"] * f).sum((1, 2)) / f.sum()
    logits = (look["levels"] * w).sum((1, 2)) / w.sum()
    share = {"flooding": shares[3], "snow": shares[4] + shares[5]}
    odds = {}
    for k, h in enumerate(("flooding", "snow")):
        c = card["calibration"][h]
        p = 1 / (1 + np.exp(-(c["bias"] + c["logit"] * logits[k] + c["share"] * share[h])))
        p = min(1 - 1e-4, max(1e-4, p))
        odds[h] = float(np.log(p / (1 - p)))
    return w, logits, share, float(shares[2]), odds


def planes(look):
    s = look["surface"].reshape(7, 24, 2, 40, 2).mean((2, 4))
    return {"flooding": s[3], "snow": s[4] + s[5], "wet": s[2]}


def compare(card, now, laid, zone, fine):
    """Raw numbers of one zone beside its references; the inputs of the judge are made of them by `inputs_of`."""
    w, logits, share, wet, odds = parts_of(card, now, zone, fine)
    far, spread = far_of(now, laid), spread_of(laid)
    around = (zone <= 0) * now["open"]
    theirs = [planes(q) for q, _, _ in laid]
    most = {k: max(mean(t[k], zone) for t in theirs) for k in ("flooding", "snow", "wet")}
    row = {
        "pairs": len(laid) - 1,
        "within": mean(far, w),
        "outside": mean(far, around),
        "spread": mean(spread, zone),
        "spreadOutside": mean(spread, around),
        "water": float(share["flooding"]),
        "wet": wet,
    }
    for k, h in enumerate(("flooding", "snow")):
        row[h] = {
            "alone": odds[h],
            "levelStep": logits[k] - np.mean([mean(q["levels"][k], w) for q, _, _ in laid]),
            "shareStep": share[h] - most[h],
            "wetStep": wet - most["wet"],
            "count": np.log(len(laid)),
        }
    return row


def inputs_of(row, hazard, usual):
    def step(distance, spread, name):
        if not np.isfinite(distance):
            return 0.0
        s = usual[name] if row["pairs"] == 0 or not np.isfinite(spread) else (spread * row["pairs"] + usual[name] * usual["prior"]) / (row["pairs"] + usual["prior"])
        return float(np.log(distance / s))

    far = step(row["within"], row["spread"], "within")
    # Snow makes the ground unlike every bare one, and so does water: what the other hazard explains speaks for it alone.
    other = 1 / (1 + np.exp(-row["snow" if hazard == "flooding" else "flooding"]["alone"]))
    # A merely wet street is unlike a dry one too: it speaks for water as far as water and not wet ground is seen on it.
    own = row["water"] / (row["water"] + row["wet"] + 0.05) if hazard == "flooding" else 1.0
    x = {
        **row[hazard],
        "far": far * (1 - other) * own if far > 0 else far,
        "farOutside": step(row["outside"], row["spreadOutside"], "outside"),
    }
    return [x[k] for k in INPUTS]


def series_rows(looks, folder):
    cameras = collections.defaultdict(list)
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        stem = path[:-5]
        if not os.path.exists(stem + ".jpg"):
            continue
        with open(path) as f:
            truth = json.load(f)
        with Image.open(stem + ".png") as m:
            mask = np.asarray(m.convert("L"))
        cameras[str(truth["seed"])].append((truth, mask, looks.of(stem + ".jpg")))
    rows = []
    for seed, all_looks in cameras.items():
        zones = {z["id"]: z for t, _, _ in all_looks for z in t["zones"] if z["kind"] in GROUND}
        lies = {}
        for z in zones.values():
            zone, fine, exact = (cells(z["polygon"], d, a) for d, a in ((24, 40), (48, 80), (90, 160)))
            if zone.sum() < 12:
                continue
            for i, (truth, mask, now) in enumerate(all_looks):
                ground = exact[mask > 0].sum()
                if ground < 5 or (zone * now["open"]).sum() < 0.3 * zone.sum():
                    continue
                calm = []
                for j, (t, _, q) in enumerate(all_looks):
                    if j == i or t["theme"] not in ("calm", "snow-cleared"):
                        continue
                    if (j, i) not in lies:
                        lies[j, i] = register(q["outline"], now["outline"])
                    calm.append((q, lies[j, i]))
                laid = choose(now, calm)
                if not laid:
                    continue
                row = compare(looks.road.card, now, laid, zone, fine)
                share = {"flooding": exact[mask == 3].sum() / ground, "snow": exact[(mask == 4) | (mask == 5)].sum() / ground}
                row["y"] = {h: 1 if share[h] >= hi else 0 if share[h] <= lo else None for h, (lo, hi) in LIMITS.items()}
                rows.append({**row, "group": seed, "theme": truth["theme"], "light": now["light"]})
    return rows


def real_rows(looks, data):
    """Every fixed-camera picture of the two lists with its level alone; `laid` those that have a clear picture of the same view."""
    rows = []
    for hazard in ("flooding", "snow"):
        groups = collections.defaultdict(list)
        with open(os.path.join(data, f"{hazard}.csv"), newline="") as f:
            for r in csv.DictReader(f):
                y = 1 if r["label"] in POSITIVE[hazard] else 0 if r["label"] in NEGATIVE[hazard] else None
                if r["view"] == "fixed_camera" and y is not None:
                    key = key_of(r["source_repo"], r["group"])
                    joined = key_of(JOIN.get(r["source_repo"], r["source_repo"]), r["group"])
                    groups[joined].append((y, r, share_of(key), looks.of(os.path.join(data, hazard, r["file"]))))
        zone, fine = cells(LOWEST, 24, 40), cells(LOWEST, 48, 80)
        for key, members in groups.items():
            for i, (y, r, share, now) in enumerate(members):
                calm = [(q, register(q["outline"], now["outline"])) for j, (v, _, _, q) in enumerate(members) if j != i and v == 0]
                laid = choose(now, calm)
                alone = parts_of(looks.road.card, now, zone, fine)[4][hazard]
                row = {"hazard": hazard, "y": y, "group": key, "file": r["file"], "share": share, "alone": alone, "laid": len(laid), "twins": len(calm), "label": r["label"], "repo": r["source_repo"]}
                rows.append({**row, **compare(looks.road.card, now, laid, zone, fine)} if laid else row)
    return rows


def fit(x, y, w, used, c):
    """Logistic on the used inputs; the others weigh nothing. The level alone and `far` speak for the hazard or not at all."""
    at = [INPUTS.index(k) for k in used]
    scale = x[:, at].std(0) + 1e-6
    model = LogisticRegression(C=c, max_iter=3000).fit(x[:, at] / scale, y, sample_weight=w)
    weights = np.zeros(len(INPUTS))
    weights[at] = model.coef_[0] / scale
    return weights, float(model.intercept_[0])


def balanced(y, share=1.0):
    w = np.where(y == 1, 0.5 / max(y.mean(), 1e-3), 0.5 / max(1 - y.mean(), 1e-3))
    return w * share / w.sum()


class Judge:
    def __init__(self, hazard, series, real, c=1.0, real_share=0.5, used=None):
        """Fitted on series rows and real rows (both [(inputs, label)]), bias by the calm ones."""
        used = used or USED[hazard]
        x = np.array([r[0] for r in series] + [r[0] for r in real])
        y = np.array([r[1] for r in series] + [r[1] for r in real])
        w = np.concatenate([balanced(y[: len(series)]), balanced(y[len(series) :], real_share) if real else []]) * len(y)
        self.weights, self.bias, self.most = *fit(x, y, w, used, c), MOST[hazard]
        # The slope of the level alone becomes 1: the past adds log-odds to it.
        slope = max(self.weights[0], 1e-3)
        self.weights, self.bias = self.weights / slope, self.bias / slope
        # Midway between calm looks and hazards the past says nothing: levels with and without a past stay comparable.
        steps = self.raw(x) - self.bias - x[:, 0]
        of = lambda part, v: steps[part][y[part] == v].mean() if (y[part] == v).any() else None
        parts = [slice(0, len(series))] + ([slice(len(series), None)] if real else [])
        middles = [(of(p, 0) + of(p, 1)) / 2 for p in parts if of(p, 0) is not None and of(p, 1) is not None]
        self.bias = -float(np.mean(middles))

    def raw(self, x):
        return x @ self.weights + self.bias

    def odds(self, x):
        x = np.atleast_2d(x)
        return x[:, 0] + np.clip(self.raw(x) - x[:, 0], -self.most, self.most)


def interval(groups, figure, draws=300):
    rng, names = np.random.default_rng(1), np.unique(groups)
    members = {n: np.flatnonzero(groups == n) for n in names}
    found = []
    for _ in range(draws):
        i = np.concatenate([members[n] for n in rng.choice(names, len(names))])
        value = figure(i)
        if value is not None:
            found.append(value)
    return [round(float(v), 3) for v in np.quantile(found, (0.025, 0.975))] if found else None


def report(y, alone, past, groups):
    auc = lambda s: lambda i: roc_auc_score(y[i], s[i]) if 0 < y[i].sum() < len(i) else None
    every = np.arange(len(y))
    if auc(alone)(every) is None:
        return {"n": len(y), "positive": int(y.sum())}
    gain = lambda i: None if auc(alone)(i) is None else auc(past)(i) - auc(alone)(i)
    return {
        "n": len(y),
        "positive": int(y.sum()),
        "groups": len(set(groups)),
        "alone": [round(auc(alone)(every), 3), interval(groups, auc(alone))],
        "past": [round(auc(past)(every), 3), interval(groups, auc(past))],
        "gain": [round(gain(every), 3), interval(groups, gain)],
        "calm over one half": [int(((alone >= 0) & (y == 0)).sum()), int(((past >= 0) & (y == 0)).sum())],
        "hazards over one half": [int(((alone >= 0) & (y == 1)).sum()), int(((past >= 0) & (y == 1)).sum())],
    }


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--series", required=True)
    p.add_argument("--data", required=True)
    p.add_argument("--models", default="..")
    p.add_argument("--work", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--held", type=float, default=0.33)
    p.add_argument("--c", type=float, default=1.0)
    p.add_argument("--real", choices=("A", "AB"), default="AB", help="classes of real pictures to learn from")
    a = p.parse_args()
    os.makedirs(a.work, exist_ok=True)
    looks = Looks(a.models, a.work)
    series, real = series_rows(looks, a.series), real_rows(looks, a.data)
    looks.save()
    learn(a, looks.network, series, real)


def may_teach(row, a):
    """A real row of the training side, and of the classes of pictures that are learned from."""
    return row["laid"] and row["share"] >= a.held and (a.real == "AB" or row["repo"] in CLASS_A)


def usual_of(series, taught):
    """How far apart references of one light are when nothing happened: the median of single pairs."""
    rows = [r for r in series + taught if r["pairs"] > 0]
    pick = lambda k: float(np.nanmedian([r[k] for r in rows]))
    return {"within": round(pick("spread"), 4), "outside": round(pick("spreadOutside"), 4), "prior": 1.0}


def learn(a, network, series, real):
    usual = usual_of(series, [r for r in real if may_teach(r, a)])
    card = {
        "name": "past-v0",
        "version": network.split("@")[1],
        "kind": "past",
        "network": network,
        "spread": usual,
        "learnedFrom": "rendered series of the stage and real cameras of the training side, see train-list.csv",
        "licence": "Apache-2.0",
    }
    figures = {"network": network, "spread": usual}
    for hazard in ("flooding", "snow"):
        rows = [r for r in series if r["y"][hazard] is not None]
        pairs = [(inputs_of(r, hazard, usual), r["y"][hazard]) for r in rows]
        groups = np.array([r["group"] for r in rows])
        mine = [r for r in real if r["hazard"] == hazard]
        laid = [r for r in mine if r["laid"]]
        of_real = {id(r): inputs_of(r, hazard, usual) for r in laid}
        taught = [r for r in laid if may_teach(r, a)]
        teach = [(of_real[id(r)], r["y"]) for r in taught]
        judge = Judge(hazard, pairs, teach, a.c)
        card[hazard] = {
            "bias": round(judge.bias, 4),
            "weights": {k: round(float(w), 4) for k, w in zip(INPUTS, judge.weights) if w != 0},
            "most": judge.most,
        }
        names = np.unique(groups)
        count = min(6, len(names))
        fold = {n: i % count for i, n in enumerate(names)}
        folds = np.array([fold[g] for g in groups])
        x, y = np.array([q[0] for q in pairs]), np.array([q[1] for q in pairs])
        past = np.zeros(len(y))
        for f in range(count):
            part = Judge(hazard, [q for q, k in zip(pairs, folds) if k != f], teach, a.c)
            past[folds == f] = part.odds(x[folds == f])
        figures[f"{hazard} series"] = report(y, x[:, 0], past, groups)
        # Real cameras: each group by a judge that has seen no picture of it.
        alone = np.array([r["alone"] for r in mine])
        past, names = alone.copy(), np.array([r["group"] for r in mine])
        judges = {None: judge}
        for i, r in enumerate(mine):
            if not r["laid"]:
                continue
            key = r["group"] if r["share"] >= a.held else None
            if key not in judges:
                judges[key] = Judge(hazard, pairs, [(of_real[id(q)], q["y"]) for q in taught if q["group"] != key], a.c)
            past[i] = judges[key].odds(of_real[id(r)])[0]
        y = np.array([r["y"] for r in mine])
        same, twin = np.array([r["laid"] > 0 for r in mine]), np.array([r["twins"] > 0 for r in mine])
        held = np.array([r["share"] < a.held for r in mine])
        for name, part in (("all fixed cameras", same | True), ("with a clear picture of the camera", twin), ("with one of the same view", same), ("the same, held out of all training", same & held), ("all fixed cameras, held out", held)):
            if part.any():
                figures[f"{hazard} real, {name}"] = report(y[part], alone[part], past[part], names[part])
    os.makedirs(a.out, exist_ok=True)
    with open(os.path.join(a.out, "model.json"), "w") as f:
        json.dump(card, f, indent=2)
        f.write("\n")
    with open(os.path.join(a.out, "train-list.csv"), "w", newline="") as f:
        w = csv.writer(f)
        w.writerow(("kind", "group", "file"))
        for seed in sorted({r["group"] for r in series}):
            w.writerow(("series", seed, ""))
        for r in real:
            if may_teach(r, a):
                w.writerow((r["hazard"], r["group"], r["file"]))
    print(json.dumps({**figures, "flooding": card["flooding"], "snow": card["snow"]}, indent=1))


if __name__ == "__main__":
    main()
