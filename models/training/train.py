# Learns the road heads: ground surface and objects, on the cached maps of the frozen base.
"""python train.py --work WORK [--epochs 10] [--seed 1] [--from CHECKPOINT]   ->  <work>/road.pt

Rendered stills give exact masks and boxes. Real pictures give what they have: water masks, boxes of manholes and sacks,
and otherwise one label for the whole picture, used on the mean over its lowest 60 %.
"""
import argparse
import json
import os
import time

import numpy as np
import torch
from torch.nn import functional as F

from lists import may_learn
from nets import HEAD_MAPS, RoadHeads
from pictures import OBJECTS, SURFACES

DOWN, ACROSS = 48, 80
NAMES = list(OBJECTS)
WATER, SNOW = SURFACES.index("water"), SURFACES.index("snow")
LAWN = SURFACES.index("lawn_snow")
WINDOW = (28, 44)
WHOLE = (slice(0, DOWN), slice(0, ACROSS))
STREET_NEVER = ("manhole_open", "heap", "sacks", "tipper_raised")


class Maps:
    """Cached maps, opened on demand."""

    def __init__(self, work):
        self.folder, self.open, self.wholes = os.path.join(work, "maps"), {}, {}

    def get(self, name, sample):
        key = (name, sample["chunk"])
        if key not in self.open:
            self.open[key] = np.load(os.path.join(self.folder, f"{name}-{sample['chunk']}.npy"), mmap_mode="r")
        return self.open[key][sample["at"]]


    def whole(self, sample):
        """Means of the head's maps over the whole picture, [WHOLE, 1, 1]."""
        key = (sample["chunk"], sample["at"])
        if key not in self.wholes:
            means = [self.get(n, sample).astype(np.float32).mean((1, 2)) for n in HEAD_MAPS]
            self.wholes[key] = np.concatenate(means)[:, None, None]
        return self.wholes[key]

    def inputs(self, samples):
        """The head's inputs for whole pictures."""
        maps = [torch.from_numpy(np.stack([self.get(n, s).astype(np.float32) for s in samples])) for n in HEAD_MAPS]
        return [*maps, torch.from_numpy(np.stack([self.whole(s) for s in samples]))]


def known_classes(sample):
    """1 for each object class whose absence in this picture is known, beside the boxes that are there."""
    kind, label = sample["kind"], sample["label"]
    if kind == "rendered":
        return np.ones(len(NAMES), np.float32)
    known = np.zeros(len(NAMES), np.float32)

    def know(*names):
        for n in names:
            known[NAMES.index(n)] = 1

    if kind == "manhole":
        if sample["boxes"]:
            know("manhole_open", "manhole_closed")
        elif label != "open":
            know("manhole_open")
        know("tipper_raised", "heap")
    elif kind == "waste":
        if sample["boxes"] or label == "clean":
            know("sacks")
        know("tipper_raised", "manhole_open")
    elif sample["view"] == "fixed_camera":
        know(*STREET_NEVER)
        if kind == "truck" and label == "none":
            know("lorry")
    else:
        know("manhole_open", "tipper_raised")
    return known


def object_targets(sample):
    """heat [C, 48, 80], size and offset [2, 48, 80], and the cells that carry a centre."""
    heat = np.zeros((len(NAMES), DOWN, ACROSS), np.float32)
    size = np.zeros((2, DOWN, ACROSS), np.float32)
    offset = np.zeros((2, DOWN, ACROSS), np.float32)
    centre = np.zeros((DOWN, ACROSS), np.float32)
    care = np.ones((len(NAMES), DOWN, ACROSS), np.float32)
    yy, xx = np.mgrid[0:DOWN, 0:ACROSS]
    for b in sorted(sample["boxes"], key=lambda b: -b["w"] * b["h"]):
        w, h = b["w"] * ACROSS, b["h"] * DOWN
        cx, cy = (b["x"] + b["w"] / 2) * ACROSS, (b["y"] + b["h"] / 2) * DOWN
        ix, iy = min(ACROSS - 1, int(cx)), min(DOWN - 1, int(cy))
        classes = [c for c, names in OBJECTS.items() if b["class"] in names]
        if not classes:
            continue
        hidden = b.get("visible", 1.0) < 0.35 or w * h < 0.35
        for c in classes:
            k = NAMES.index(c)
            if hidden:
                y1, y2 = int(b["y"] * DOWN), int((b["y"] + b["h"]) * DOWN) + 1
                x1, x2 = int(b["x"] * ACROSS), int((b["x"] + b["w"]) * ACROSS) + 1
                care[k, y1:y2, x1:x2] = 0
                continue
            sx, sy = max(0.45, w / 8), max(0.45, h / 8)
            g = np.exp(-((xx + 0.5 - cx) ** 2 / (2 * sx**2) + (yy + 0.5 - cy) ** 2 / (2 * sy**2)))
            heat[k] = np.maximum(heat[k], g)
            heat[k, iy, ix] = 1
        if hidden:
            continue
        size[:, iy, ix] = np.log(max(w, 0.2)), np.log(max(h, 0.2))
        offset[:, iy, ix] = cx - ix, cy - iy
        centre[iy, ix] = 1
    return heat, size, offset, centre, care


def is_rare(sample):
    """What there is too little of, and what is missed the most: seen twice as often."""
    dark = sample["scene"]["light"] in ("night", "dusk") or sample["variant"] == 3
    hazards = sample["scene"]["hazards"]
    return (dark and bool(hazards)) or any(h["hazard"] == "flooding" for h in hazards) or any(b["class"] == "tipper_raised" for b in sample["boxes"])


def share_of_real(sample):
    """How often a real picture is drawn: what has a mask, and what shows a hazard before a fixed camera, is rare."""
    rare = sample["masked"] or (sample["view"] == "fixed_camera" and sample["label"] in ("flooded", "ponding", "covered", "partial", "lorry"))
    return 2.5 if rare else 0.5 if sample["kind"] in ("manhole", "waste") else 1.0


def window_of(sample, rng):
    """Where a rendered sample is cut: neighbouring cells teach much the same, so a part of many is worth more than the
    whole of few. Seven times in ten the window holds the centre of an object."""
    boxes = [b for b in sample["boxes"] if b["class"] not in ("person", "car", "bus")]
    y, x = rng.integers(0, DOWN - WINDOW[0] + 1), rng.integers(0, ACROSS - WINDOW[1] + 1)
    if any(h["hazard"] == "flooding" for h in sample["scene"]["hazards"]):
        y = max(y, DOWN - WINDOW[0] - int(rng.integers(0, 8)))
    elif boxes and rng.random() < 0.7:
        b = boxes[rng.integers(0, len(boxes))]
        cx, cy = (b["x"] + b["w"] / 2) * ACROSS, (b["y"] + b["h"] / 2) * DOWN
        x = int(np.clip(cx - rng.uniform(0.15, 0.85) * WINDOW[1], 0, ACROSS - WINDOW[1]))
        y = int(np.clip(cy - rng.uniform(0.15, 0.85) * WINDOW[0], 0, DOWN - WINDOW[0]))
    # On the grid of stride 32.
    y, x = int(y) // 4 * 4, int(x) // 4 * 4
    return slice(y, y + WINDOW[0]), slice(x, x + WINDOW[1])


def batch_of(maps, samples, windows):
    """Inputs, masks, object targets and known classes; `windows` cuts each sample to the same size."""

    def stack(name, k):
        parts = []
        for s, (ys, xs) in zip(samples, windows):
            y1, y2, x1, x2 = (int(v * k) for v in (ys.start, ys.stop, xs.start, xs.stop))
            parts.append(maps.get(name, s)[:, y1:y2, x1:x2].astype(np.float32))
        return torch.from_numpy(np.stack(parts)).contiguous(memory_format=torch.channels_last)

    targets = [object_targets(s) for s in samples]
    cut = [[t[..., ys, xs] for t in one] for one, (ys, xs) in zip(targets, windows)]
    masks = np.stack([maps.get("mask", s)[:, ys, xs] for s, (ys, xs) in zip(samples, windows)]).astype(np.float32) / 255
    known = np.stack([known_classes(s) for s in samples])
    return (
        [*(stack(n, k) for n, k in HEAD_MAPS.items()), torch.from_numpy(np.stack([maps.whole(s) for s in samples]))],
        torch.from_numpy(masks),
        [torch.from_numpy(np.stack(t)) for t in zip(*cut)],
        torch.from_numpy(known),
    )


def surface_loss(logits, masks, samples, weights):
    logp = F.log_softmax(logits, 1)
    p = logp.exp()
    loss = logits.new_zeros(())
    for i, s in enumerate(samples):
        if s["kind"] == "rendered":
            w = weights.view(-1, 1, 1) * masks[i]
            loss = loss - (w * logp[i]).sum() / masks[i, 0].numel()
        elif s["masked"]:
            m = masks[i, WATER]
            q = p[i, WATER].clamp(1e-4, 1 - 1e-4)
            loss = loss - (m * q.log() + (1 - m) * (1 - q).log()).mean()
        else:
            low = p[i, :, int(DOWN * 0.4) :, :]
            water, snow = low[WATER], low[SNOW] + low[LAWN]
            label, kind = s["label"], s["kind"]
            if kind == "flooding" and label in ("flooded", "ponding"):
                share = 0.4 if label == "flooded" else 0.08
                top = water.flatten().topk(int(water.numel() * share)).values.mean()
                loss = loss - 0.3 * top.clamp(1e-3).log()
            elif kind != "flooding" or label in ("wet", "dry"):
                loss = loss - 1.0 * (1 - water).clamp(1e-3).log().mean()
            if kind == "snow" and label in ("covered", "partial"):
                share = 0.5 if label == "covered" else 0.2
                top = snow.flatten().topk(int(snow.numel() * share)).values.mean()
                loss = loss - 0.3 * top.clamp(1e-3).log()
            elif kind != "snow" or label in ("clear", "wet"):
                loss = loss - 1.0 * (1 - snow).clamp(1e-3).log().mean()
    return loss / len(samples)


def lorry_loss(heat, samples):
    """A real picture with a lorry, whose place nobody has marked: somewhere in it the heat of lorries is high."""
    k, loss = NAMES.index("lorry"), heat.new_zeros(())
    for i, s in enumerate(samples):
        if s["kind"] == "truck" and s["label"] != "none" and not any(b["class"] == "lorry" for b in s["boxes"]):
            loss = loss + F.softplus(-heat[i, k].flatten().topk(3).values).mean()
    return loss / len(samples)


def object_loss(heat, size, offset, targets, known):
    t_heat, t_size, t_offset, centre, care = targets
    p = torch.sigmoid(heat).clamp(1e-4, 1 - 1e-4)
    exact = t_heat.eq(1).float()
    # A centre that is there always counts; absence counts only where it is known.
    absent = (1 - exact) * care * known[:, :, None, None]
    positive = -((1 - p) ** 2) * p.log() * exact
    negative = -((1 - t_heat) ** 4) * (p**2) * (1 - p).log() * absent
    n = exact.sum().clamp(min=1)
    spot = centre[:, None]
    m = spot.sum().clamp(min=1)
    regression = (F.l1_loss(size, t_size, reduction="none") * spot).sum() / m
    regression = regression + (F.l1_loss(offset, t_offset, reduction="none") * spot).sum() / m
    return (positive.sum() + negative.sum()) / n, regression


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--work", required=True)
    p.add_argument("--epochs", type=int, default=10)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--rate", type=float, default=2e-3)
    p.add_argument("--from", dest="start", default="")
    p.add_argument("--out", default="road.pt")
    p.add_argument("--real-every", type=int, default=4, help="one step in so many is made of real pictures")
    p.add_argument("--real", choices=("A", "AB"), default="A", help="classes of real pictures to learn from")
    a = p.parse_args()
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    with open(os.path.join(a.work, "samples.json")) as f:
        samples = [s for s in json.load(f) if may_learn(s, a.real)]
    drawn = [s for s in samples if s["kind"] == "rendered"]
    real = [s for s in samples if s["kind"] != "rendered"]
    drawn += [s for s in drawn if is_rare(s)]
    odds = np.array([share_of_real(s) for s in real])
    odds /= odds.sum()
    maps = Maps(a.work)
    net = RoadHeads().to(memory_format=torch.channels_last)
    if a.start:
        net.load_state_dict(torch.load(a.start), strict=False)
    optimiser = torch.optim.AdamW(net.parameters(), lr=a.rate, weight_decay=0.02)
    size, real_size = 24, 6
    per_epoch = len(drawn) // size
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, a.rate, total_steps=a.epochs * per_epoch + 1, pct_start=0.1)
    # Walls, sky and cars fill most pictures and are easy; the ground is what is asked for. No more weight for rare
    # surfaces than they have: the shares are read as shares.
    weights = torch.tensor([0.5, 1.0, 1.0, 1.0, 1.0, 0.8, 0.8])
    step = 0
    for epoch in range(a.epochs):
        net.train()
        order = rng.permutation(len(drawn))
        sums, started = np.zeros(3), time.process_time()
        for k in range(per_epoch):
            step += 1
            part = [drawn[i] for i in order[k * size : (k + 1) * size]]
            inputs, masks, targets, known = batch_of(maps, part, [window_of(s, rng) for s in part])
            surface, heat, box, offset = net(*inputs)
            l_surface = surface_loss(surface, masks, part, weights)
            l_heat, l_box = object_loss(heat, box, offset, targets, known)
            loss = l_surface + 0.5 * l_heat + 0.3 * l_box
            sums += (l_surface.item(), l_heat.item(), l_box.item())
            if step % a.real_every == 0:
                part = [real[i] for i in rng.choice(len(real), real_size, p=odds)]
                inputs, masks, targets, known = batch_of(maps, part, [WHOLE] * real_size)
                surface, heat, box, offset = net(*inputs)
                l_heat, l_box = object_loss(heat, box, offset, targets, known)
                loss = loss + surface_loss(surface, masks, part, weights) + 0.3 * l_heat + 0.1 * l_box + lorry_loss(heat, part)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            plan.step()
        sums /= max(1, per_epoch)
        used = time.process_time() - started
        print(f"epoch {epoch + 1}: surface {sums[0]:.4f} heat {sums[1]:.3f} box {sums[2]:.3f}, {used:.0f} CPU-s", flush=True)
        torch.save(net.state_dict(), os.path.join(a.work, a.out))
