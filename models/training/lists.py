# Which picture is learned from and which is kept for measuring: deterministic, by group, never splitting a group.
"""Makes `<work>/list.json` from the picture folders and from the rendered stills.

    python lists.py --data DATA --stills STILLS --work WORK [--held 0.4]

A group (one camera, corner, video or seed) goes to `held` when the hash of `source_repo|group` falls under the share;
the same rule for every list, so that a camera that occurs in two lists is on one side only.
"""
import argparse
import csv
import hashlib
import json
import os

import numpy as np
from PIL import Image

# Sources whose licence permits reuse: class A. All others (none stated, or marks of their owners) are class B.
CLASS_A = (
    "prefeitura-rio/deteccao-alagamento",
    "Eighonet/parking-research",
    "bcgov/DriveBC.ca",
    "codeformuenster/traffic-cam",
    "vraj1231/Illegal-Dumping-Action-Detection",
)
LISTS = ("flooding", "snow", "manhole", "waste", "truck", "road_cctv")


def may_learn(item, real):
    """Whether a picture of the training side may be learned from: `real` is "A" or "AB"."""
    return item["split"] == "train" and (item["kind"] == "rendered" or real == "AB" or item["source_repo"] in CLASS_A)


def share_of(key):
    """A number in 0..1 that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64


def sha256_of(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def perceptual_hash(path):
    """64 bit: luma averaged to 9x8 cells, each bit says whether a cell is darker than its right neighbour."""
    with Image.open(path) as im:
        luma = np.asarray(im.convert("L"), np.float64)
    h, w = luma.shape
    ys, xs = [round(i * h / 8) for i in range(9)], [round(i * w / 9) for i in range(10)]
    cells = np.array([[luma[ys[r] : ys[r + 1], xs[c] : xs[c + 1]].mean() for c in range(9)] for r in range(8)])
    bits = (cells[:, :-1] < cells[:, 1:]).ravel()
    return f"{sum(1 << (63 - i) for i, b in enumerate(bits) if b):016x}"


def read_shared(data, held):
    out = []
    for name in LISTS:
        path = os.path.join(data, f"{name}.csv")
        if not os.path.exists(path):
            path = os.path.join(data, name, f"{name}.csv")
        with open(path, newline="") as f:
            for row in csv.DictReader(f):
                file = os.path.join(data, name, row["file"])
                mask = os.path.join(data, name, "masks", os.path.splitext(row["file"])[0] + ".png")
                key = f"{row['source_repo']}|{row['group']}"
                out.append(
                    {
                        "kind": name,
                        "file": file,
                        "label": row["label"],
                        "view": row["view"],
                        "group": row["group"],
                        "source_repo": row["source_repo"],
                        "licence": row["licence"],
                        "note": row["note"],
                        "boxes": json.loads(row.get("boxes") or "[]"),
                        "mask": mask if os.path.exists(mask) else None,
                        "split": "held" if share_of(key) < held else "train",
                        "sha256": sha256_of(file),
                        "phash": perceptual_hash(file),
                    }
                )
    return out


def read_stills(stills, held):
    out = []
    if not stills or not os.path.isdir(stills):
        return out
    for name in sorted(os.listdir(stills)):
        stem, ext = os.path.splitext(name)
        if ext != ".jpg":
            continue
        truth, mask = os.path.join(stills, stem + ".json"), os.path.join(stills, stem + ".png")
        if not (os.path.exists(truth) and os.path.exists(mask)):
            continue
        try:
            with open(truth) as f:
                json.load(f)
        except ValueError:
            continue
        out.append(
            {
                "kind": "rendered",
                "file": os.path.join(stills, name),
                "mask": mask,
                "truth": truth,
                "seed": stem,
                "split": "held" if share_of(f"rendered|{stem}") < held else "train",
            }
        )
    return out


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True)
    p.add_argument("--stills", default="")
    p.add_argument("--work", required=True)
    p.add_argument("--held", type=float, default=0.4)
    p.add_argument("--held-stills", type=float, default=0.1)
    a = p.parse_args()
    os.makedirs(a.work, exist_ok=True)
    items = read_shared(a.data, a.held) + read_stills(a.stills, a.held_stills)
    with open(os.path.join(a.work, "list.json"), "w") as f:
        json.dump(items, f, indent=0)
    counts = {}
    for i in items:
        counts[(i["kind"], i["split"])] = counts.get((i["kind"], i["split"]), 0) + 1
    for k, n in sorted(counts.items()):
        print(*k, n)
