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
from levels import HAZARDS, LEVEL_MAPS
from nets import HEAD_MAPS, SPOT_CLASSES, SPOT_SIDE, RoadHeads, SpotNet, Writer, tune
from pictures import OBJECTS, SURFACES

BASE = {
    "name": "NanoDet-Plus-m (COCO), weights as published for nanodet-plus-m_416",
    "licence": "Apache-2.0",
    "copyright": "Copyright 2020-2021 RangiLyu",
    "source": "RangiLyu/nanodet; ncnn weights of Qengineering/NanoDetPlus-ncnn-Raspberry-Pi-4",
}


def repeat(w, x, factor):
    """Brings a map to a finer grid by repeating its cells."""
    return w.node(
        "Resize",
        [x, "", w.weight(np.array([1, 1, factor, factor], np.float32))],
        mode="nearest",
        nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )


def road_graph(base_path, work, checkpoint, tuning):
    model, maps = cut_base(base_path)
    net = RoadHeads()
    net.load_state_dict(torch.load(os.path.join(work, checkpoint), map_location="cpu"))
    tune(net, tuning).eval()
    levels = np.load(os.path.join(work, "levels.npz"))
    w = Writer("own_")
    mixed = w.sequence(w.node("Concat", [maps["map_c3"], maps["map_s8"]], axis=1), net.mix)
    fine = w.sequence(maps["map_c2"], net.fine)
    trunk = w.sequence(w.node("Concat", [mixed, fine], axis=1), net.trunk)
    means = [w.node("GlobalAveragePool", [maps[n]]) for n in HEAD_MAPS]
    whole = w.sequence(w.node("Concat", means, axis=1), net.whole)
    scale, shift = f"{w.prefix}scale", f"{w.prefix}shift"
    w.nodes.append(helper.make_node("Split", [whole, w.weight(np.array([72, 72], np.int64))], [scale, shift], axis=1))
    around = repeat(w, w.conv(maps["map_c5"], net.around), 4)
    scaled = w.node("Mul", [trunk, w.node("Add", [scale, w.weight(np.ones((1, 1, 1, 1), np.float32))])])
    trunk = w.node("Relu", [w.node("Add", [w.node("Add", [scaled, shift]), around])])
    surface = w.node("Softmax", [w.sequence(trunk, net.surface)], axis=1)
    objects = w.sequence(trunk, net.objects)
    heat = w.node("Sigmoid", [w.conv(objects, net.heat)])
    size, offset = w.conv(objects, net.size), w.conv(objects, net.offset)

    # The linear judge, map by map; every map is brought to the grid of stride 16 by repeating cells.
    total, at = None, 0
    for name, factor in LEVEL_MAPS.items():
        channels = {"map_c5": 464}.get(name, 96)
        kernel = np.stack([levels[f"{h}_weights"][at : at + channels] for h in HAZARDS]).astype(np.float32)
        bias = np.array([levels[f"{h}_bias"] for h in HAZARDS], np.float32) if at == 0 else np.zeros(2, np.float32)
        at += channels
        y = w.node("Conv", [maps[name], w.weight(kernel[:, :, None, None]), w.weight(bias)], kernel_shape=[1, 1])
        if factor > 1:
            y = repeat(w, y, factor)
        total = y if total is None else w.node("Add", [total, y])
    model.graph.node.extend(w.nodes)
    model.graph.initializer.extend(w.weights)
    shapes = {
        "heat": (heat, [1, len(OBJECTS), HEIGHT // 8, WIDTH // 8]),
        "size": (size, [1, 2, HEIGHT // 8, WIDTH // 8]),
        "offset": (offset, [1, 2, HEIGHT // 8, WIDTH // 8]),
        "surface": (surface, [1, len(SURFACES), HEIGHT // 8, WIDTH // 8]),
        "levels": (total, [1, 2, HEIGHT // 16, WIDTH // 16]),
    }
    points = sum((HEIGHT // s) * (WIDTH // s) for s in STRIDES)
    return fold(model, shapes), {"boxes": [1, points, len(BASE_CLASSES) + BINS], **{k: s for k, (_, s) in shapes.items()}}


def spot_graph(work):
    net = SpotNet()
    net.load_state_dict(torch.load(os.path.join(work, "spot.pt"), map_location="cpu"))
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
    """Stores weights of 64 numbers and more as float16; the runtime widens them once when it loads the graph."""
    nodes = []
    for i, t in enumerate(model.graph.initializer):
        if t.data_type != TensorProto.FLOAT:
            continue
        value = numpy_helper.to_array(t)
        if value.size < 64:
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
    golden = {}
    for k, v in zip(outputs, answer):
        flat = v.ravel()
        at = np.unique(np.linspace(0, flat.size - 1, 24).astype(int))
        golden[k] = {"mean": round(float(flat.mean()), 6), "at": at.tolist(), "values": [round(float(flat[j]), 6) for j in at]}
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
    p.add_argument("--to", required=True)
    a = p.parse_args()
    with open(a.settings) as f:
        settings = json.load(f)

    def picture(name, height, width):
        form = {"layout": "nhwc", "type": "uint8", "colour": "rgb", "fit": "stretch"}
        return {"name": name, "widthPx": width, "heightPx": height, **form}

    def numbers(hazard):
        values = np.load(os.path.join(a.work, "levels.npz"))[f"{hazard}_calibration"]
        return dict(zip(("bias", "logit", "share"), (round(float(v), 5) for v in values)))

    model, outputs = road_graph(a.base, a.work, a.checkpoint, settings["tuning"])
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
            "levels": list(HAZARDS),
        },
        "calibration": {h: numbers(h) for h in HAZARDS},
        **settings["road-v0"],
        "bases": [BASE],
        "licence": "Apache-2.0",
    }
    write(model, "road-v0", a.to, card, outputs)
    if os.path.exists(os.path.join(a.work, "spot.pt")):
        model, outputs = spot_graph(a.work)
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
