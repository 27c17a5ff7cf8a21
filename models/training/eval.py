# Measures an exported model on groups that it has not learned from. Prints one JSON object.
"""python eval.py --work WORK --models MODELS_DIR [--split held] [--draws 1000]

The levels are read as the program reads them: zone means of the maps without what vehicles hide, then the calibration.
Intervals are 95 %, resampled by group.
"""
import argparse
import json
import os

import numpy as np
from PIL import Image
from sklearn.metrics import roc_auc_score

from base import BASE_CLASSES, HEIGHT, STRIDES, WIDTH, session
from features import LOWEST
from levels import GROUND, NEGATIVE, POSITIVE, cells
from pictures import OBJECTS, SURFACES, network_frame, open_rgb, read_truth, soft_masks
from spot import CLOSED, COVERED, MARGIN, OPEN, crop, spots_of

HIDING = ("person", "bicycle", "car", "motorcycle", "bus", "lorry", "tipper_raised")


class Road:
    def __init__(self, folder):
        with open(os.path.join(folder, "model.json")) as f:
            self.card = json.load(f)
        self.net = session(os.path.join(folder, "model.onnx"))
        self.names = [o["name"] for o in self.card["outputs"]]

    def see(self, im):
        out = dict(zip(self.names, self.net.run(self.names, {"frame": network_frame(im)})))
        return {**out, "detections": self.base_boxes(out["boxes"][0]) + self.objects(out)}

    def base_boxes(self, rows):
        k, found, at = len(BASE_CLASSES), [], 0
        names, least = self.card["classes"]["boxes"], self.card["scores"]["boxes"]
        for s in STRIDES:
            across, down = WIDTH // s, HEIGHT // s
            part = rows[at : at + across * down]
            at += across * down
            for c, name in enumerate(names):
                for i in np.nonzero(part[:, c] >= least.get(name, 0.5))[0]:
                    bins = part[i, k:].reshape(4, 8)
                    e = np.exp(bins - bins.max(1, keepdims=True))
                    left, top, right, bottom = s * (e * np.arange(8)).sum(1) / e.sum(1)
                    x, y = (i % across) * s, (i // across) * s
                    found.append(box(name, part[i, c], (x - left) / WIDTH, (y - top) / HEIGHT, (x + right) / WIDTH, (y + bottom) / HEIGHT))
        return without_doubles(found, self.card["nms"])

    def objects(self, out, least=None):
        heat, size, offset = out["heat"][0], out["size"][0], out["offset"][0]
        found, (_, down, across) = [], heat.shape
        padded = np.pad(heat, ((0, 0), (1, 1), (1, 1)))
        peak = np.max([padded[:, 1 + dy : 1 + dy + down, 1 + dx : 1 + dx + across] for dy in (-1, 0, 1) for dx in (-1, 0, 1)], 0)
        for c, name in enumerate(self.card["classes"]["objects"]):
            limit = self.card["scores"]["objects"].get(name, 0.5) if least is None else least
            for y, x in zip(*np.nonzero((heat[c] >= limit) & (heat[c] >= peak[c]))):
                cx, cy = (x + offset[0, y, x]) / across, (y + offset[1, y, x]) / down
                w, h = np.exp(size[0, y, x]) / across, np.exp(size[1, y, x]) / down
                found.append(box(name, heat[c, y, x], cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2))
        return without_doubles(found, self.card["nms"])

    def zone(self, out, polygon):
        fine, wide = cells(polygon, 48, 80), cells(polygon, 24, 40)
        open_fine, open_wide = (hide(w, out["detections"]) for w in (fine, wide))
        hidden = 1 - open_fine.sum() / max(fine.sum(), 1e-6)
        fine = open_fine if open_fine.sum() >= 0.05 * fine.sum() else fine
        wide = open_wide if open_wide.sum() >= 0.05 * wide.sum() else wide
        shares = (out["surface"][0] * fine).sum((1, 2)) / fine.sum()
        logits = (out["levels"][0] * wide).sum((1, 2)) / wide.sum()
        water, snow = shares[3], shares[4] + shares[5]

        def level(name, logit, share):
            c = self.card["calibration"][name]
            return 1 / (1 + np.exp(-(c["bias"] + c["logit"] * logit + c["share"] * share)))

        def borne_out(name, value, share):
            w = self.card["witness"][name]
            return float(share * np.clip((value - w["from"]) / (w["full"] - w["from"]), 0, 1))

        ground = float(shares[1:6].sum())
        flood, white = level("flooding", logits[0], water), level("snow", logits[1], snow)
        return {
            "flooding": flood,
            "snow": white,
            "water_share": borne_out("flooding", flood, water),
            "snow_share": borne_out("snow", white, snow),
            "ground": ground,
            "hidden": float(hidden),
        }


def raised(hazard, zone, card):
    """Would one look say hazard, by the default numbers of the hazards' readings?"""
    if hazard == "flooding":
        return zone["flooding"] >= card["thresholds"]["flooding"]["raise"] or zone["water_share"] >= 0.2
    return zone["ground"] >= 0.2 and zone["snow_share"] / zone["ground"] >= 0.3


def box(name, score, x1, y1, x2, y2):
    x1, y1, x2, y2 = (float(np.clip(v, 0, 1)) for v in (x1, y1, x2, y2))
    return {"class": name, "score": float(score), "x": x1, "y": y1, "w": x2 - x1, "h": y2 - y1}


def overlap(a, b):
    w = min(a["x"] + a["w"], b["x"] + b["w"]) - max(a["x"], b["x"])
    h = min(a["y"] + a["h"], b["y"] + b["h"]) - max(a["y"], b["y"])
    inter = max(0, w) * max(0, h)
    return inter / max(1e-9, a["w"] * a["h"] + b["w"] * b["h"] - inter)


def without_doubles(found, limit):
    kept = []
    for d in sorted(found, key=lambda d: -d["score"]):
        if all(k["class"] != d["class"] or overlap(k, d) <= limit for k in kept):
            kept.append(d)
    return kept


def hide(w, detections):
    down, across = w.shape
    w = w.copy()
    for b in detections:
        if b["class"] in HIDING:
            x1, x2 = int(np.ceil(b["x"] * across - 0.5)), int(np.floor((b["x"] + b["w"]) * across - 0.5))
            y1, y2 = int(np.ceil(b["y"] * down - 0.5)), int(np.floor((b["y"] + b["h"]) * down - 0.5))
            w[max(0, y1) : max(0, y2 + 1), max(0, x1) : max(0, x2 + 1)] = 0
    return w


def auc(y, s, groups, draws, rng):
    y, s, groups = np.array(y), np.array(s), np.array(groups)
    out = {"n": len(y), "pos": int(y.sum()), "groups": len(set(groups))}
    if y.sum() < 10 or (1 - y).sum() < 10:
        return {**out, "auc": None, "ci95": None}
    names = np.unique(groups)
    rows = [np.nonzero(groups == g)[0] for g in names]
    values = []
    for _ in range(draws):
        i = np.concatenate([rows[k] for k in rng.integers(0, len(names), len(names))])
        if 0 < y[i].sum() < len(i):
            values.append(roc_auc_score(y[i], s[i]))
    return {**out, "auc": round(roc_auc_score(y, s), 3), "ci95": [round(float(v), 3) for v in np.percentile(values, (2.5, 97.5))]}


def within(y, s, source):
    """AUC over pairs of one positive and one negative picture of the same source."""
    y, s, source = np.array(y), np.array(s), np.array(source)
    pairs = wins = 0
    for name in np.unique(source):
        p, n = s[(source == name) & (y == 1)], s[(source == name) & (y == 0)]
        pairs += len(p) * len(n)
        wins += (p[:, None] > n).sum() + 0.5 * (p[:, None] == n).sum()
    return {"pairs": int(pairs), "auc": round(float(wins / pairs), 3) if pairs >= 100 else None}


def average_precision(truths, founds, name, synonyms):
    """AP50 over pictures; what is hidden or too small is ignored, not counted."""
    rows, total = [], 0
    for truth, found in zip(truths, founds):
        real = [b for b in truth if b["class"] in synonyms]
        must = [b.get("visible", 1) >= 0.5 and b["w"] * WIDTH * b["h"] * HEIGHT >= 48 for b in real]
        total += sum(must)
        taken = set()
        for d in sorted((d for d in found if d["class"] == name), key=lambda d: -d["score"]):
            best = max(range(len(real)), key=lambda i: overlap(real[i], d), default=None)
            if best is not None and overlap(real[best], d) >= 0.5:
                if best in taken:
                    rows.append((d["score"], 0))
                elif must[best]:
                    rows.append((d["score"], 1))
                taken.add(best)
            else:
                rows.append((d["score"], 0))
    if total < 5:
        return {"n": total, "ap50": None}
    rows.sort(key=lambda r: -r[0])
    hits = np.cumsum([r[1] for r in rows]) if rows else np.array([0])
    precision = hits / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    recall = hits / total
    ap = float(np.sum(np.diff(np.concatenate([[0], recall])) * precision))
    return {"n": int(total), "ap50": round(ap, 3)}


def real_pictures(road, items, draws, rng):
    out, seen = {}, {}
    for i in items:
        if i["kind"] in ("flooding", "snow", "road_cctv", "truck"):
            im = road.see(open_rgb(i["file"]))
            seen[i["file"]] = (road.zone(im, LOWEST), im)
    for hazard in ("flooding", "snow"):
        rows = [i for i in items if i["kind"] == hazard and i["label"] in POSITIVE[hazard] + NEGATIVE[hazard]]
        y = [int(i["label"] in POSITIVE[hazard]) for i in rows]
        s = [seen[i["file"]][0][hazard] for i in rows]
        g = [f"{i['source_repo']}|{i['group']}" for i in rows]
        fixed = [k for k, i in enumerate(rows) if i["view"] == "fixed_camera"]
        pick = lambda a, ks: [a[k] for k in ks]
        up = np.array([raised(hazard, seen[i["file"]][0], road.card) for i in rows])
        yy = np.array(y) == 1
        flat = np.array([i["view"] == "fixed_camera" for i in rows])
        out[hazard] = {
            "all": auc(y, s, g, draws, rng),
            "fixed": auc(pick(y, fixed), pick(s, fixed), pick(g, fixed), draws, rng),
            "within": within(y, s, [i["source_repo"] for i in rows]),
            "raised": {
                "of positive": f"{int(up[yy].sum())} of {int(yy.sum())}",
                "of negative": f"{int(up[~yy].sum())} of {int((~yy).sum())}",
                "of positive, fixed": f"{int(up[yy & flat].sum())} of {int((yy & flat).sum())}",
                "of negative, fixed": f"{int(up[~yy & flat].sum())} of {int((~yy & flat).sum())}",
            },
        }
    roads = [i for i in items if i["kind"] == "road_cctv"]
    out["ordinary"] = {
        h: {"n": len(roads), "raised": int(sum(raised(h, seen[i["file"]][0], road.card) for i in roads))}
        for h in ("flooding", "snow")
    }
    for name in ("manhole_open", "heap", "sacks", "tipper_raised"):
        scores = [max([d["score"] for d in road.objects(seen[i["file"]][1], 0.05) if d["class"] == name], default=0) for i in roads]
        out["ordinary"][name] = {"n": len(roads), "reported": int(sum(s >= road.card["scores"]["objects"][name] for s in scores)), "highest": round(max(scores, default=0), 3)}
    trucks = [i for i in items if i["kind"] == "truck"]
    y = [int(i["label"] == "lorry") for i in trucks]
    s = [max([d["score"] for d in seen[i["file"]][1]["detections"] if d["class"] == "lorry"], default=0) for i in trucks]
    out["truck"] = auc(y, s, [i["group"] for i in trucks], draws, rng)
    pictures = [i for i in items if i["kind"] in ("manhole", "waste") and i["boxes"]]
    truths, founds = [], []
    names = {"Manhole-Open": "manhole_open", "Manhole-Closed": "manhole_closed"}
    for i in pictures:
        truths.append([{**b, "class": names.get(b["label"], "sacks" if "bag" in b["label"] or "sack" in b["label"] else "none")} for b in i["boxes"]])
        founds.append(road.objects(road.see(open_rgb(i["file"])), 0.05))
    out["close-ups"] = {n: average_precision(truths, founds, n, (n,)) for n in ("manhole_open", "manhole_closed", "sacks")}
    return out


def rendered(road, items, draws, rng):
    zones = {"flooding": ([], [], [], []), "snow": ([], [], [], [])}
    truths, founds, errors, calm = [], [], [], {}
    hit, union = np.zeros(len(SURFACES)), np.zeros(len(SURFACES))
    for i in items:
        truth = read_truth(i["truth"])
        out = road.see(open_rgb(i["file"]))
        with Image.open(i["mask"]) as m:
            soft = soft_masks(m.convert("L"), (WIDTH // 8, HEIGHT // 8))
        best, real = out["surface"][0].argmax(0), soft.argmax(0)
        for k in range(len(SURFACES)):
            hit[k] += ((best == k) & (real == k)).sum()
            union[k] += ((best == k) | (real == k)).sum()
        truths.append(truth["boxes"])
        founds.append(road.objects(out, 0.05))
        hazards = {h["hazard"] for h in truth["hazards"]}
        for z in truth["zones"]:
            w = cells(z["polygon"], 48, 80)
            if z["kind"] not in GROUND or w.sum() < 20:
                continue
            w = hide(w, [b for b in truth["boxes"]])
            if w.sum() < 20:
                continue
            share = (soft * w).sum((1, 2)) / w.sum()
            got = road.zone(out, z["polygon"])
            for h, s, low, high in (("flooding", share[3], 0.03, 0.2), ("snow", share[4] + share[5], 0.06, 0.3)):
                errors.append((h, abs(got["water_share" if h == "flooding" else "snow_share"] - s)))
                if s <= low or s >= high:
                    for a, v in zip(zones[h], (int(s >= high), got[h], i["seed"], raised(h, got, road.card))):
                        a.append(v)
        for name in ("manhole_open", "heap", "sacks", "tipper_raised"):
            if any(b["class"] == name for b in truth["boxes"]):
                continue
            top = max([d["score"] for d in founds[-1] if d["class"] == name], default=0)
            calm.setdefault(name, []).append(top)
    result = {}
    for h, (y, s, g, up) in zones.items():
        up, yy = np.array(up), np.array(y) == 1
        result[h] = {
            **auc(y, s, g, draws, rng),
            "raised": {"of positive": f"{int(up[yy].sum())} of {int(yy.sum())}", "of negative": f"{int(up[~yy].sum())} of {int((~yy).sum())}"},
            "meanShareError": round(float(np.mean([e for n, e in errors if n == h])), 3),
        }
    result["surfaceIoU"] = {n: round(float(hit[k] / union[k]), 3) if union[k] else None for k, n in enumerate(SURFACES)}
    result["objects"] = {n: average_precision(truths, founds, n, synonyms) for n, synonyms in OBJECTS.items()}
    result["falseObjects"] = {
        n: {"n": len(v), "reported": int(sum(x >= road.card["scores"]["objects"][n] for x in v)), "highest": round(max(v), 3)} for n, v in calm.items()
    }
    return {"stills": len(items), **result}


def spots(folder, items, draws, rng):
    with open(os.path.join(folder, "model.json")) as f:
        card = json.load(f)
    net = session(os.path.join(folder, "model.onnx"))
    out = {}
    for kind in ("rendered", "manhole"):
        y, p, g = [], [], []
        for i in items:
            if i["kind"] != kind:
                continue
            spots = spots_of(i)
            im = open_rgb(i["file"]) if spots else None
            for cx, cy, side, label in spots:
                c = np.asarray(crop(im, cx, cy, side * MARGIN), np.uint8)[None]
                p.append(net.run(["spot"], {"crop": c})[0][0])
                y.append(label)
                g.append(i.get("group") or i["seed"])
        if not y:
            continue
        y, p = np.array(y), np.array(p)
        known = (y == OPEN) | (y == CLOSED)
        limit = card["thresholds"]["open-manhole"]["raise"]
        out["rendered" if kind == "rendered" else "close-ups"] = {
            "open": auc((y[known] == OPEN).astype(int), p[known, OPEN], np.array(g)[known], draws, rng),
            "right": round(float((p.argmax(1) == y).mean()), 3),
            "counts": [int((y == k).sum()) for k in range(4)],
            "at": {
                "threshold": limit,
                "recall": round(float((p[y == OPEN, OPEN] >= limit).mean()), 3),
                "falseRateClosed": round(float((p[y == CLOSED, OPEN] >= limit).mean()), 3) if (y == CLOSED).any() else None,
                "falseRateCovered": round(float((p[y == COVERED, OPEN] >= limit).mean()), 3) if (y == COVERED).any() else None,
            },
        }
    return out


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("--work", required=True)
    a.add_argument("--models", required=True)
    a.add_argument("--split", default="held")
    a.add_argument("--draws", type=int, default=1000)
    a.add_argument("--stills", type=int, default=400)
    a = a.parse_args()
    with open(os.path.join(a.work, "list.json")) as f:
        every = json.load(f)
    items = [i for i in every if i["split"] == a.split]
    rng = np.random.default_rng(1)
    road = Road(os.path.join(a.models, "road-v0"))
    report = {"real": real_pictures(road, items, a.draws, rng)}
    stills = [i for i in items if i["kind"] == "rendered"][: a.stills]
    if stills:
        report["rendered"] = rendered(road, stills, a.draws, rng)
    report["spot"] = spots(os.path.join(a.models, "spot-v0"), items, a.draws, rng)
    print(json.dumps(report, indent=1))
