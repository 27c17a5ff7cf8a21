# The frozen base: NanoDet-Plus-m with a byte input, a fixed size, only the road's classes, and its maps as outputs.
"""Graph surgery on the base network.

`cut_base()` takes the ONNX file of NanoDet-Plus-m (Apache-2.0) and returns a graph that
- takes `frame`, uint8 [1, 384, 640, 3], RGB, and does the normalisation inside;
- has one fixed size, so that onnxruntime folds away all shape arithmetic;
- keeps only the classes that a street camera needs, in the order of BASE_CLASSES;
- gives `boxes` [1, N, len(BASE_CLASSES) + 32] and the maps FEATURES.
"""
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

HEIGHT, WIDTH = 384, 640
# COCO index of each class that is kept.
BASE_CLASSES = {"person": 0, "bicycle": 1, "car": 2, "motorcycle": 3, "bus": 5, "lorry": 7}
STRIDES = (8, 16, 32, 64)
BINS = 32
MEAN_BGR = np.array([103.53, 116.28, 123.675], np.float32)
STD_BGR = np.array([57.375, 57.12, 58.395], np.float32)


def _widen(model):
    """Replaces float16 weights by float32 ones, so that the graph holds no Cast of weights."""
    half = {}
    for i, t in enumerate(model.graph.initializer):
        if t.data_type == TensorProto.FLOAT16:
            full = numpy_helper.from_array(numpy_helper.to_array(t).astype(np.float32), t.name)
            model.graph.initializer[i].CopyFrom(full)
            half[t.name] = True
    renamed, nodes = {}, []
    for n in model.graph.node:
        if n.op_type == "Cast" and n.input[0] in half:
            renamed[n.output[0]] = n.input[0]
        else:
            nodes.append(n)
    for n in nodes:
        for i, name in enumerate(n.input):
            if name in renamed:
                n.input[i] = renamed[name]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def cut_base(path):
    """Returns (model, names): the ModelProto described above and the map names {feature: tensor name}."""
    model = onnx.load(path)
    _widen(model)
    g = model.graph
    init = {t.name: t for t in g.initializer}
    producer = {o: n for n in g.node for o in n.output}

    def array(name):
        return numpy_helper.to_array(init[name])

    def put(name, value):
        init[name].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(value), name))

    # Keep the wanted classes: the last convolution of each head gives 80 class channels, then 32 bins.
    keep = np.array(list(BASE_CLASSES.values()) + list(range(80, 80 + BINS)))
    k = len(BASE_CLASSES)
    heads = []
    for n in list(g.node):
        if n.op_type == "Conv" and array(n.input[1]).shape[0] == 80 + BINS:
            heads.append(n)
            put(n.input[1], array(n.input[1])[keep])
            put(n.input[2], array(n.input[2])[keep])
    if len(heads) != len(STRIDES):
        raise SystemExit(f"{path}: expected {len(STRIDES)} heads, found {len(heads)}")
    new = []
    flats = []
    for stride, conv in zip(STRIDES, heads):
        raw = conv.output[0]
        # Everything between the convolution and the joining Concat is rebuilt: sigmoid on classes only.
        n_cells = (HEIGHT // stride) * (WIDTH // stride)
        p = f"box_s{stride}"
        new += [
            helper.make_node("Split", [raw, "box_split"], [f"{p}_cls", f"{p}_bins"], axis=1),
            helper.make_node("Sigmoid", [f"{p}_cls"], [f"{p}_prob"]),
            helper.make_node("Concat", [f"{p}_prob", f"{p}_bins"], [f"{p}_both"], axis=1),
            helper.make_node("Reshape", [f"{p}_both", f"{p}_shape"], [f"{p}_flat"]),
        ]
        g.initializer.append(numpy_helper.from_array(np.array([1, k + BINS, n_cells], np.int64), f"{p}_shape"))
        flats.append(f"{p}_flat")
    g.initializer.append(numpy_helper.from_array(np.array([k, BINS], np.int64), "box_split"))
    new += [
        helper.make_node("Concat", flats, ["box_all"], axis=2),
        helper.make_node("Transpose", ["box_all"], ["boxes"], perm=[0, 2, 1]),
    ]
    maps = {}
    for name in ("map_c5", "map_s16", "map_s32", "map_s64"):
        n = producer[name]
        maps[name] = n.input[0] if n.op_type == "Identity" else name
    # Stride 8: the end of the backbone's first stage (texture) and the neck map that the first box head reads.
    maps["map_c3"] = _stage_end(g, producer, array, channels=116)
    maps["map_s8"] = _head_input(g, producer, heads[0])
    # Stride 4: the stem, for things of a few pixels.
    maps["map_c2"] = next(n.output[0] for n in g.node if n.op_type == "MaxPool")

    # Byte input: RGB, height, width, channels; BGR order goes into the first convolution.
    first = next(n for n in g.node if n.op_type == "Conv" and n.input[0] == "data")
    put(first.input[1], array(first.input[1])[:, ::-1])
    scale = (1.0 / STD_BGR[::-1]).reshape(1, 3, 1, 1).astype(np.float32)
    shift = (-MEAN_BGR[::-1] / STD_BGR[::-1]).reshape(1, 3, 1, 1).astype(np.float32)
    g.initializer.append(numpy_helper.from_array(scale, "in_scale"))
    g.initializer.append(numpy_helper.from_array(shift, "in_shift"))
    head_nodes = [
        helper.make_node("Transpose", ["frame"], ["frame_chw"], perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["frame_chw"], ["frame_f"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["frame_f", "in_scale"], ["frame_m"]),
        helper.make_node("Add", ["frame_m", "in_shift"], ["data"]),
    ]
    old_outputs = {"output", "feat", "map_c5", "map_s16", "map_s32", "map_s64"}
    nodes = head_nodes + [n for n in g.node if n.output[0] not in old_outputs] + new
    del g.node[:]
    g.node.extend(nodes)
    del g.input[:]
    g.input.append(helper.make_tensor_value_info("frame", TensorProto.UINT8, [1, HEIGHT, WIDTH, 3]))
    del g.output[:]
    n_points = sum((HEIGHT // s) * (WIDTH // s) for s in STRIDES)
    g.output.append(helper.make_tensor_value_info("boxes", TensorProto.FLOAT, [1, n_points, k + BINS]))
    return model, maps


def _stage_end(g, producer, array, channels):
    """The tensor that the down-sampling unit after a stage reads: the last Concat of `channels` before it."""
    last = None
    for n in g.node:
        if n.op_type == "Conv":
            w = array(n.input[1])
            group = next((a.i for a in n.attribute if a.name == "group"), 1)
            strides = next((list(a.ints) for a in n.attribute if a.name == "strides"), [1, 1])
            if strides == [2, 2] and group == channels:
                last = n.input[0]
                break
    if last is None:
        raise SystemExit(f"no stage of {channels} channels in the base network")
    while producer.get(last) is not None and producer[last].op_type == "Identity":
        last = producer[last].input[0]
    return last


def _head_input(g, producer, last):
    """Walks from the last convolution of a box head back to the neck map that the head starts from."""
    n = last
    while True:
        name = n.input[0]
        while producer[name].op_type == "Identity":
            name = producer[name].input[0]
        if producer[name].op_type not in ("Conv", "LeakyRelu"):
            return name
        n = producer[name]


def _drop_unused(g):
    """Removes nodes and weights that no output needs."""
    need = {o.name for o in g.output}
    keep = []
    for n in reversed(list(g.node)):
        if any(o in need for o in n.output):
            keep.append(n)
            need |= set(n.input)
    keep.reverse()
    del g.node[:]
    g.node.extend(keep)
    kept = [t for t in g.initializer if t.name in need]
    del g.initializer[:]
    g.initializer.extend(kept)


def fold(model, outputs):
    """Adds `outputs` {name: (tensor, shape)} as outputs and lets onnxruntime fold all constants away."""
    import os
    import tempfile

    model = onnx.ModelProto.FromString(model.SerializeToString())
    g = model.graph
    outputs = dict(outputs)
    for name, (tensor, shape) in outputs.items():
        if tensor != name:
            g.node.append(helper.make_node("Identity", [tensor], [name]))
        g.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
    _drop_unused(g)
    with tempfile.TemporaryDirectory() as d:
        src, dst = os.path.join(d, "a.onnx"), os.path.join(d, "b.onnx")
        onnx.save(model, src)
        o = ort.SessionOptions()
        o.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        o.optimized_model_filepath = dst
        o.log_severity_level = 3
        ort.InferenceSession(src, o, providers=["CPUExecutionProvider"])
        return onnx.load(dst)


FEATURE_SHAPES = {
    "map_c2": [1, 24, HEIGHT // 4, WIDTH // 4],
    "map_c3": [1, 116, HEIGHT // 8, WIDTH // 8],
    "map_s8": [1, 96, HEIGHT // 8, WIDTH // 8],
    "map_s16": [1, 96, HEIGHT // 16, WIDTH // 16],
    "map_s32": [1, 96, HEIGHT // 32, WIDTH // 32],
}


def session(model_bytes, threads=1, plain=False):
    """`plain`: operator by operator as written, which rounds otherwise than the joined kernels."""
    o = ort.SessionOptions()
    if plain:
        o.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    o.intra_op_num_threads = threads
    o.inter_op_num_threads = 1
    return ort.InferenceSession(model_bytes, o, providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    base, maps = cut_base(sys.argv[1])
    print(maps)
