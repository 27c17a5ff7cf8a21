# Writes train-list.csv of both models: every real picture that was learned from, and the rendered seeds as ranges.
"""python train_list.py --work WORK --to MODELS_DIR"""
import argparse
import csv
import json
import os

from lists import may_learn

USED = {"road-v0": ("flooding", "snow", "manhole", "waste", "truck", "road_cctv", "rendered"), "spot-v0": ("manhole", "rendered")}


def ranges(numbers):
    """[1, 2, 3, 7] -> ['1-3', '7']"""
    out, start, last = [], None, None
    for n in sorted(numbers):
        if last is not None and n == last + 1:
            last = n
            continue
        if start is not None:
            out.append(f"{start}-{last}" if last > start else f"{start}")
        start = last = n
    if start is not None:
        out.append(f"{start}-{last}" if last > start else f"{start}")
    return out


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--work", required=True)
    p.add_argument("--to", required=True)
    p.add_argument("--real", choices=("A", "AB"), default="A", help="classes of real pictures that were learned from")
    a = p.parse_args()
    with open(os.path.join(a.work, "list.json")) as f:
        items = [i for i in json.load(f) if may_learn(i, a.real)]
    for model, kinds in USED.items():
        with open(os.path.join(a.to, model, "train-list.csv"), "w", newline="") as f:
            out = csv.writer(f, lineterminator="\n")
            out.writerow(["sha256", "perceptual_hash", "source_repo", "group", "licence", "list"])
            for i in items:
                if i["kind"] in kinds and i["kind"] != "rendered":
                    out.writerow([i["sha256"], i["phash"], i["source_repo"], i["group"], i["licence"], i["kind"]])
            for r in ranges(int(i["seed"]) for i in items if i["kind"] == "rendered"):
                out.writerow(["", "", "simulator/stage", f"seed {r}", "Apache-2.0", "rendered"])
