# Spoils pictures (drops, snow, ice, fog, glare, blur, dark, blocked, broken coding) and keeps the base's maps of them.
"""python blind.py --base nanodet_plus_m.onnx --work WORK [--copies 2] [--split train] [--limit 0]

Writes `<work>/blind/<map>-<n>.npy`, `<work>/blind/truth-<n>.npy` (share of each cell's ground that is lost, [n, 24, 40]) and
`<work>/blind.json`. Pictures on which a person could not see the road are left out: there is nothing to spoil. The held
side is spoilt too, for measuring: `--split held`.
"""
import argparse
import json
import os

import numpy as np
from PIL import Image

from base import WIDTH, HEIGHT, cut_base, fold, session
from degrade import KINDS, spoiled
from features import SHAPES, rng_of
from pictures import View, disturb, network_frame, open_rgb

KEPT = ("map_c5", "map_s16", "map_s32", "map_s64")
CHUNK = 256


def spoilt(item, copy):
    """(frame, record, truth [24, 40])"""
    rng = rng_of(f"blind|{os.path.basename(item['file'])}|{copy}")
    kind = str(rng.choice(KINDS))
    strength = float(rng.uniform(0.1, 1.0))
    # Spoilt at the size at which the network sees it: a lens does not know how many pixels are behind it.
    im = Image.fromarray(network_frame(open_rgb(item["file"]))[0])
    if item["split"] == "train" and rng.random() < 0.7:
        im = View.random(rng, 0.7).picture(im, (WIDTH, HEIGHT))
    im, truth = spoiled(im, kind, strength, rng)
    if item["split"] == "train":
        im = disturb(im, rng, 0.5)
    elif rng.random() < 0.5:
        im = disturb(im, rng, 0.3)
    record = {k: item.get(k) for k in ("file", "kind", "split", "group", "label", "view", "seed")}
    record |= {"source_repo": item.get("source_repo", "rendered"), "copy": copy, "spoilt": kind, "strength": round(strength, 3)}
    return network_frame(im), record, truth


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--base", required=True)
    p.add_argument("--work", required=True)
    p.add_argument("--split", choices=("train", "held"), default="train")
    p.add_argument("--copies", type=int, default=2)
    p.add_argument("--stills", type=int, default=500, help="so many rendered stills")
    a = p.parse_args()
    model, maps = cut_base(a.base)
    net = session(fold(model, {k: (maps[k], SHAPES[k]) for k in KEPT}).SerializeToString())
    with open(os.path.join(a.work, "list.json")) as f:
        items = [i for i in json.load(f) if i["split"] == a.split]
    real = [i for i in items if i["kind"] in ("flooding", "snow", "road_cctv", "truck") and i["label"] != "cannot_see"]
    drawn = [i for i in items if i["kind"] == "rendered"]
    drawn = drawn[:: max(1, len(drawn) // a.stills)]
    folder, index = os.path.join(a.work, "blind"), os.path.join(a.work, "blind.json")
    os.makedirs(folder, exist_ok=True)
    samples = []
    if os.path.exists(index):
        with open(index) as f:
            samples = json.load(f)
    there = {(s["file"], s["copy"]) for s in samples}
    wanted = [(i, c) for c in range(a.copies) for part in (real, drawn) for i in part if (i["file"], c) not in there]
    first = 1 + max((s["chunk"] for s in samples), default=-1)
    for start in range(0, len(wanted), CHUNK):
        part, chunk = wanted[start : start + CHUNK], first + start // CHUNK
        out = {k: np.empty((len(part), *SHAPES[k][1:]), np.float16) for k in KEPT}
        truths = np.empty((len(part), 24, 40), np.float32)
        for n, (item, copy) in enumerate(part):
            frame, record, truths[n] = spoilt(item, copy)
            for k, value in zip(KEPT, net.run(list(KEPT), {"frame": frame})):
                out[k][n] = value[0]
            samples.append({**record, "chunk": chunk, "at": n})
        for k, value in out.items():
            np.save(os.path.join(folder, f"{k}-{chunk}.npy"), value)
        np.save(os.path.join(folder, f"truth-{chunk}.npy"), truths)
        with open(index + ".new", "w") as f:
            json.dump(samples, f)
        os.replace(index + ".new", index)
        print(f"{min(start + CHUNK, len(wanted))} of {len(wanted)}", flush=True)
