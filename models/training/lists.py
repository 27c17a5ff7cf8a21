# Which picture is learned from and which is kept for measuring: deterministic, by group, never splitting a group.
"""Makes `<work>/list.json` from the picture folders and from the rendered stills.

    python lists.py --data DATA --stills STILLS --work WORK [--held 0.33]

A group (one camera, corner, video or seed) goes to `held` when the hash of its key falls under the share; the same rule for
every list, so that a camera that occurs in two lists is on one side only. The same rule is in `cli/measure/eval/lists.ts`.
"""
import argparse
import csv
import hashlib
import json
import os
import re

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


CAMERAS_OF_TWO_NAMES = "informatics-lab/machine-learning-traffic-cams"
# Two places whose pictures the leak check cannot tell apart (6 bits of 64): a washed-out motorway and a white road.
ALIKE = {"kagan94/road_image_datasets|web_snow_444": f"{CAMERAS_OF_TWO_NAMES}|TL-405965"}


def key_of(source_repo, group):
    """`source_repo|group`; a camera of the UK motorways has one key, whatever list it stands in (uk_TL-1, in_TL-1, TL-1).
    No other two groups hold pictures of one camera: looked for by perceptual hash, 6 bits or less, over all lists."""
    if source_repo == CAMERAS_OF_TWO_NAMES:
        group = re.sub(r"^(uk|in)_", "", group)
    key = f"{source_repo}|{group}"
    return ALIKE.get(key, key)


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
                key = key_of(row["source_repo"], row["group"])
                out.append(
                    {
                        "kind": name,
                        "file": file,
                        "label": row["label"],
                        "view": row["view"],
                        "group": key_of(row["source_repo"], row["group"]).split("|", 1)[1],
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
    p.add_argument("--held", type=float, default=0.33)
    p.add_argument("--held-stills", type=float, default=0.1)
    p.add_argument("--most-stills", type=int, default=0, help="so many stills at most, for trying things out")
    p.add_argument("--every", type=int, default=1, help="every so manieth real picture, for trying things out")
    a = p.parse_args()
    os.makedirs(a.work, exist_ok=True)
    stills = read_stills(a.stills, a.held_stills)
    if a.most_stills:
        stills = stills[:: max(1, len(stills) // a.most_stills)][: a.most_stills]
    items = read_shared(a.data, a.held)[:: a.every] + stills
    with open(os.path.join(a.work, "list.json"), "w") as f:
        json.dump(items, f, indent=0)
    counts = {}
    for i in items:
        counts[(i["kind"], i["split"])] = counts.get((i["kind"], i["split"]), 0) + 1
    for k, n in sorted(counts.items()):
        print(*k, n)
