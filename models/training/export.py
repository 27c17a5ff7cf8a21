# Joins base, heads and levels into one graph, the spot network into another, and writes their cards and golden answers.
"""python export.py --base nanodet_plus_m.onnx --work WORK --settings settings.json --version 2026-11-22 --to DIR"""
import argparse
import hashlib
import json
import os

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from base import BASE_CLASSES, BINS, HEIGHT, STRIDES, WIDTH, cut_base, fold, session
from lean import lean
from levels import FEATURES, LEVEL_MAPS, PLANES
from nets import HEAD_MAPS, SPOT_CLASSES, SPOT_SIDE, RoadHeads, SpotNet, Writer, tune
from lists import may_learn
from pictures import OBJECTS, SURFACES, network_frame, open_rgb
from quantise import byte_graph, even_out, look

BASE = {
    "name": "NanoDet-Plus-m (COCO), weights as published for nanodet-plus-m_416",
    "licence": "Apache-2.0",
    "copyright": "Copyright 2020-2021 RangiLyu",
    "source": "RangiLyu/nanodet; ncnn weights of Qengineering/NanoDetPlus-ncnn-Raspberry-Pi-4",
}


def halves(conv):
    """The convolution of the picture as a whole, as two: a factor (one more than what was learned) and a sum."""
    out = []
    for part, more in zip((slice(0, conv.out_channels // 2), slice(conv.out_channels // 2, None)), (1.0, 0.0)):
        one = torch.nn.Conv2d(conv.in_channels, conv.out_channels // 2, 1)
        with torch.no_grad():
            one.weight.copy_(conv.weight[part])
            one.bias.copy_(conv.bias[part] + more)
        out.append(one)
    return out


def cut_conv(conv, bn, widths):
    """A convolution with its normalisation as several, one for each part of its input; their sum is the same."""
    gain = (bn.weight / torch.sqrt(bn.running_var + bn.eps)).detach()
    out, at = [], 0
    for width in widths:
        one = torch.nn.Conv2d(width, conv.out_channels, 1)
        with torch.no_grad():
            one.weight.copy_(conv.weight[:, at : at + width] * gain[:, None, None, None])
            one.bias.copy_(bn.bias - bn.running_mean * gain if at == 0 else torch.zeros_like(bn.bias))
        at += width
        out.append(one)
    return out


def repeat(w, x, down, across):
    """Brings a map to a finer grid by repeating its cells."""
    return w.node(
        "Resize",
        [x, "", w.weight(np.array([1, 1, down, across], np.float32))],
        mode="nearest",
        nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )


def road_graph(base_path, work, checkpoint, levels, tuning):
    model, maps = cut_base(base_path)
    net = RoadHeads()
    net.load_state_dict(torch.load(os.path.join(work, checkpoint), map_location="cpu"))
    tune(net, tuning).eval()
    levels = np.load(os.path.join(work, levels))
    w = Writer("own_")
    # Two maps of very different size: a convolution each keeps their scales apart.
    apart = cut_conv(net.mix[0], net.mix[1], [116, 96])
    mixed = w.node("Relu", [w.node("Add", [w.conv(maps[n], c) for n, c in zip(("map_c3", "map_s8"), apart)])])
    fine = w.sequence(maps["map_c2"], net.fine)
    trunk = w.sequence(w.node("Concat", [mixed, fine], axis=1), net.trunk)
    means = [w.node("GlobalAveragePool", [maps[n]]) for n in HEAD_MAPS]
    whole = w.sequence(w.node("Concat", means, axis=1), net.whole[:2])
    scale, shift = (w.conv(whole, part) for part in halves(net.whole[2]))
    # Everything is brought to one size by repeating cells: the runtime then stays in its blocked layout.
    around = w.node("Add", [w.conv(maps["map_c5"], net.around), repeat(w, shift, HEIGHT // 32, WIDTH // 32)])
    scaled = w.node("Mul", [trunk, repeat(w, scale, HEIGHT // 8, WIDTH // 8)])
    trunk = w.node("Relu", [w.node("Add", [scaled, repeat(w, around, 4, 4)])])
    surface = w.node("Softmax", [w.sequence(trunk, net.surface)], axis=1)
    objects = w.sequence(trunk, net.objects)
    heat = w.node("Sigmoid", [w.conv(objects, net.heat)])
    size, offset = w.conv(objects, net.size), w.conv(objects, net.offset)

    # The linear judges and the features, map by map; every map is brought to the grid of stride 16 by repeating cells.
    total, at, planes, start = None, 0, len(PLANES) + FEATURES, len(w.nodes)
    rows = np.concatenate([np.stack([levels[f"{h}_weights"] for h in PLANES]), levels["feature_weights"]])
    shift = np.concatenate([np.array([float(levels[f"{h}_bias"]) for h in PLANES]), levels["feature_bias"]])
    for name, factor in LEVEL_MAPS.items():
        channels = {"map_c5": 464}.get(name, 96)
        kernel = rows[:, at : at + channels].astype(np.float32)
        bias = (shift if at == 0 else np.zeros(planes)).astype(np.float32)
        at += channels
        y = w.node("Conv", [maps[name], w.weight(kernel[:, :, None, None]), w.weight(bias)], kernel_shape=[1, 1])
        if factor > 1:
            y = repeat(w, y, factor, factor)
        total = y if total is None else w.node("Add", [total, y])
    ends = [w.weight(np.array([v], np.int64)) for v in (0, len(PLANES), planes, 1)]
    judged = w.node("Slice", [total, ends[0], ends[1], ends[3]])
    features = w.node("Slice", [total, ends[1], ends[2], ends[3]])
    # Thirty-five judges of very different size share a tensor: one scale in bytes would not do for all.
    judges = {n.output[0] for n in w.nodes[start:]}
    model.graph.node.extend(w.nodes)
    model.graph.initializer.extend(w.weights)
    shapes = {
        "heat": (heat, [1, len(OBJECTS), HEIGHT // 8, WIDTH // 8]),
        "size": (size, [1, 2, HEIGHT // 8, WIDTH // 8]),
        "offset": (offset, [1, 2, HEIGHT // 8, WIDTH // 8]),
        "surface": (surface, [1, len(SURFACES), HEIGHT // 8, WIDTH // 8]),
        "levels": (judged, [1, len(PLANES), HEIGHT // 16, WIDTH // 16]),
        "features": (features, [1, FEATURES, HEIGHT // 16, WIDTH // 16]),
    }
    points = sum((HEIGHT // s) * (WIDTH // s) for s in STRIDES)
    model, front = lean(fold(model, shapes), maps["map_c3"])
    return model, front | judges, {"boxes": [1, points, len(BASE_CLASSES) + BINS], **{k: s for k, (_, s) in shapes.items()}}


def calibration(work, real):
    """Pictures of the training side, drawn and real."""
    with open(os.path.join(work, "list.json")) as f:
        items = [i for i in json.load(f) if may_learn(i, real)]
    drawn, shot = ([i["file"] for i in items if (i["kind"] == "rendered") == k] for k in (True, False))
    picked = drawn[:: max(1, len(drawn) // 50)] + shot[:: max(1, len(shot) // 40)]
    return [network_frame(open_rgb(f)) for f in picked]


def spot_graph(work, checkpoint):
    net = SpotNet()
    net.load_state_dict(torch.load(os.path.join(work, checkpoint), map_location="cpu"))
    net.eval()
    w = Writer("own_")
    x = w.bytes_to_float("crop", [1 / 127.5], [-1.0])
    x = w.sequence(x, net.body)
    x = w.node("Concat", [w.node("GlobalAveragePool", [x]), w.node("GlobalMaxPool", [x])], axis=1)
    x = w.node("Flatten", [x])
    x = w.node("Gemm", [x, w.weight(net.last.weight.detach().numpy()), w.weight(net.last.bias.detach().numpy())], transB=1)
    w.node("Softmax", [x], "spot", axis=1)
    shape = [1, len(SPOT_CLASSES)]
    graph = helper.make_graph(
        w.nodes,
        "spot",
        [helper.make_tensor_value_info("crop", TensorProto.UINT8, [1, SPOT_SIDE, SPOT_SIDE, 3])],
        [helper.make_tensor_value_info("spot", TensorProto.FLOAT, shape)],
        w.weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), {"spot": shape}


def halve(model):
    """Stores kernels of 64 numbers and more as float16; the runtime widens them once when it loads the graph."""
    nodes = []
    for i, t in enumerate(model.graph.initializer):
        if t.data_type != TensorProto.FLOAT:
            continue
        value = numpy_helper.to_array(t)
        if value.size < 64 or value.ndim < 2:
            continue
        name = t.name
        model.graph.initializer[i].CopyFrom(numpy_helper.from_array(value.astype(np.float16), f"{name}_h"))
        nodes.append(helper.make_node("Cast", [f"{name}_h"], [name], to=TensorProto.FLOAT))
    rest = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes + rest)
    model.producer_name, model.producer_version, model.doc_string = "", "", ""
    return model


def pattern(height, width):
    """A picture that any language can make again: ramps and a chequer."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * 3 + y * 5 + c * 70 + (((x >> 4) ^ (y >> 4)) & 1) * 60) & 255).astype(np.uint8)[None]


def write(model, name, to, card, outputs):
    folder = os.path.join(to, name)
    os.makedirs(folder, exist_ok=True)
    model = halve(model)
    onnx.checker.check_model(model)
    path = os.path.join(folder, "model.onnx")
    onnx.save(model, path)
    with open(path, "rb") as f:
        data = f.read()
    card = {**card, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    card["outputs"] = [{"name": k, "shape": s} for k, s in outputs.items()]
    with open(os.path.join(folder, "model.json"), "w") as f:
        json.dump(card, f, indent=2)
        f.write("\n")
    i = card["input"]
    net = session(data)
    answer = net.run(list(outputs), {i["name"]: pattern(i["heightPx"], i["widthPx"])})
    other = session(data, plain=True).run(list(outputs), {i["name"]: pattern(i["heightPx"], i["widthPx"])})
    golden = {}
    for k, v, o in zip(outputs, answer, other):
        flat = v.ravel()
        at = np.unique(np.linspace(0, flat.size - 1, 24).astype(int))
        # Bytes turn a last digit of a float into a whole step: how far another processor's kernels may come out.
        within = {"mean": 3 * abs(float(v.mean() - o.mean())), "each": 3 * float(np.abs(v - o).max())}
        golden[k] = {
            "mean": round(float(flat.mean()), 6),
            "at": at.tolist(),
            "values": [round(float(flat[j]), 6) for j in at],
            "within": {n: float(f"{max(1e-3, x):.2g}") for n, x in within.items()},
        }
    with open(os.path.join(folder, "golden.json"), "w") as f:
        json.dump({"input": "(x*3 + y*5 + c*70 + ((x>>4 ^ y>>4) & 1)*60) & 255", "outputs": golden}, f, indent=1)
        f.write("\n")
    print(name, len(data), "bytes", card["sha256"][:12])


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--base", required=True)
    p.add_argument("--work", required=True)
    p.add_argument("--settings", required=True)
    p.add_argument("--version", required=True)
    p.add_argument("--checkpoint", default="road.pt")
    p.add_argument("--levels", default="levels.npz")
    p.add_argument("--spot", default="spot.pt")
    p.add_argument("--real", choices=("A", "AB"), default="A", help="classes of the real pictures among those that calibrate")
    p.add_argument("--to", required=True)
    a = p.parse_args()
    with open(a.settings) as f:
        settings = json.load(f)

    def picture(name, height, width):
        form = {"layout": "nhwc", "type": "uint8", "colour": "rgb", "fit": "stretch"}
        return {"name": name, "widthPx": width, "heightPx": height, **form}

    def numbers(hazard):
        values = np.load(os.path.join(a.work, a.levels))[f"{hazard}_calibration"]
        return dict(zip(("bias", "logit", "share"), (round(float(v), 5) for v in values)))

    model, front, outputs = road_graph(a.base, a.work, a.checkpoint, a.levels, settings["tuning"])
    # The stem and the first stage stay in floats: their rounding would spread through everything, and they are few.
    even, seen = even_out(model, look(model, calibration(a.work, a.real)))
    model = byte_graph(even, seen, front)
    card = {
        "name": "road-v0",
        "version": a.version,
        "decoder": "road",
        "file": "model.onnx",
        "input": picture("frame", HEIGHT, WIDTH),
        "classes": {
            "boxes": list(BASE_CLASSES),
            "objects": list(OBJECTS),
            "surface": list(SURFACES),
            "levels": list(PLANES),
        },
        "calibration": {h: numbers(h) for h in PLANES},
        **settings["road-v0"],
        "bases": [BASE],
        "licence": "Apache-2.0",
    }
    write(model, "road-v0", a.to, card, outputs)
    if os.path.exists(os.path.join(a.work, a.spot)):
        model, outputs = spot_graph(a.work, a.spot)
        card = {
            "name": "spot-v0",
            "version": a.version,
            "decoder": "spot",
            "file": "model.onnx",
            "input": picture("crop", SPOT_SIDE, SPOT_SIDE),
            "classes": list(SPOT_CLASSES),
            **settings["spot-v0"],
            "bases": [],
            "licence": "Apache-2.0",
        }
        write(model, "spot-v0", a.to, card, outputs)
