# Turns a lean graph into one that computes in bytes where it can: ranges from pictures, weights per channel.
"""`look()` runs the graph over calibration pictures, `even_out()` brings the channels of a tensor to like sizes, and
`byte_graph()` gives every tensor of the chosen part a scale and a zero point; convolutions get signed bytes per output
channel. The graph is written with QuantizeLinear and DequantizeLinear pairs, which the runtime joins into byte kernels.
What is joined, resized or pooled shares one scale with what comes out, so that the runtime copies bytes and converts none.
"""
import numpy as np
import onnxruntime as ort
from onnx import ModelProto, TensorProto, helper, numpy_helper

MOVES = ("Concat", "Resize", "MaxPool")
BYTE_OPS = ("Conv", "LeakyRelu", "Relu", "Add", "Mul", *MOVES)
LEAK = 0.1
SPOTS = 24
# Weights of 7 bits: processors without VNNI add two products in 16 bits, which 8 bits overflow.
WEIGHT_MOST = 63


def readers_of(graph):
    uses = {}
    for n in graph.node:
        for i in n.input:
            uses.setdefault(i, []).append(n)
    return uses


def look(model, frames):
    """{tensor: (values [frames * SPOTS, channels] at chance places, least [channels], most [channels])}."""
    probe = ModelProto.FromString(model.SerializeToString())
    names = [o for n in probe.graph.node if n.op_type in BYTE_OPS for o in n.output]
    del probe.graph.output[:]
    probe.graph.output.extend(helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in names)
    o = ort.SessionOptions()
    o.intra_op_num_threads = 1
    o.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    net = ort.InferenceSession(probe.SerializeToString(), o, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(1)
    seen = {n: ([], [], []) for n in names}
    for f in frames:
        for n, v in zip(names, net.run(names, {net.get_inputs()[0].name: f})):
            if v.ndim != 4:
                continue
            flat = v[0].reshape(v.shape[1], -1)
            places = rng.integers(0, flat.shape[1], min(SPOTS, flat.shape[1]))
            for rows, part in zip(seen[n], (flat[:, places].T, flat.min(1), flat.max(1))):
                rows.append(part)
    # Most pictures whole, the strangest cut a little.
    return {
        n: (np.concatenate(v), np.quantile(low, 0.01, axis=0), np.quantile(high, 0.99, axis=0))
        for n, (v, low, high) in seen.items()
        if v
    }


def even_out(model, seen):
    """Divides channels by their size where convolutions write them and multiplies the weights of the convolutions that
    read them: what comes out stays the same, and a byte's 256 steps serve all channels. Channels that are added, joined
    or rectified move together; a (leaky) rectifier lets a positive factor through."""
    model = ModelProto.FromString(model.SerializeToString())
    g = model.graph
    values = {t.name: numpy_helper.to_array(t).copy() for t in g.initializer}
    results = {o.name for o in g.output}
    start, total = {}, 0
    for t, v in seen.items():
        start[t] = total
        total += len(v[1])
    parent, fixed = np.arange(total), np.zeros(total, bool)

    def ids(t):
        return np.arange(start[t], start[t] + len(seen[t][1]))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def tie(a, b):
        for i, j in zip(a, b):
            parent[root(i)] = root(j)

    def grouped(n):
        return next((a.i for a in n.attribute if a.name == "group"), 1) > 1

    for n in g.node:
        y = n.output[0]
        known = [i for i in n.input if i in seen]
        if n.op_type == "Conv":
            continue
        if n.op_type in ("LeakyRelu", "Relu", "Resize", "MaxPool") and y in seen and known:
            tie(ids(known[0]), ids(y))
        elif n.op_type == "Concat" and y in seen and len(known) == len(n.input):
            tie(np.concatenate([ids(i) for i in n.input]), ids(y))
        elif n.op_type == "Add" and y in seen and len(known) == 2:
            tie(ids(known[0]), ids(y))
            tie(ids(known[1]), ids(y))
        elif n.op_type == "Mul" and y in seen and len(known) == 2:
            tie(ids(known[0]), ids(y))
            fixed[ids(known[1])] = True
        else:
            for i in known:
                fixed[ids(i)] = True
            if y in seen:
                fixed[ids(y)] = True
    for t in results & set(seen):
        fixed[ids(t)] = True
    for n in g.node:
        if n.op_type == "Concat" and n.output[0] in seen and not all(i in seen for i in n.input):
            fixed[ids(n.output[0])] = True
    roots = np.array([root(i) for i in range(total)])
    held = np.zeros(total, bool)
    np.logical_or.at(held, roots, fixed)
    # The size of a class of channels, and the largest among those that share its byte scale.
    last = {n.input[0] for n in g.node if n.op_type in ("LeakyRelu", "Relu")}
    size, most, soft = np.zeros(total), np.zeros(total), np.zeros(total, bool)
    for t, v in seen.items():
        if t not in last:
            np.maximum.at(size, roots[ids(t)], np.maximum(v[2], -v[1]))
    for t, v in seen.items():
        if t not in last:
            np.maximum.at(most, roots[ids(t)], size[roots[ids(t)]].max())
    for n in g.node:
        if n.op_type == "Conv" and not grouped(n) and n.input[0] in seen:
            soft[roots[ids(n.input[0])]] = True
    s = np.ones(total)
    live = (size > 1e-6) & ~held
    s[live] = np.clip((size[live] / most[live]) ** np.where(soft[live], 0.5, 1.0), 1 / 16, 1)
    factor = {t: s[roots[ids(t)]].astype(np.float32) for t in seen}
    done = set()
    for n in g.node:
        if n.op_type != "Conv":
            continue
        if n.output[0] in seen:
            values[n.input[1]] /= factor[n.output[0]].reshape(-1, 1, 1, 1)
            values[n.input[2]] /= factor[n.output[0]]
        if n.input[0] in seen:
            f = factor[n.input[0]]
            values[n.input[1]] *= f.reshape(-1, 1, 1, 1) if grouped(n) else f.reshape(1, -1, 1, 1)
        if n.input[1] in done:
            raise ValueError("two convolutions share their weights")
        done.add(n.input[1])
    for k, t in enumerate(g.initializer):
        g.initializer[k].CopyFrom(numpy_helper.from_array(values[t.name], t.name))
    return model, {t: tuple(x / factor[t] for x in v) for t, v in seen.items()}


def best_span(values, low, high, leaky):
    """The range whose 256 steps are the least wrong on the values seen. Only before a leaky rectifier, and judged after it,
    the lower end may be cut; the upper end never: rare high values are what a detector lives on."""
    if not leaky or low >= 0:
        return low, high
    values = values[:: len(values) // 60000 + 1]

    def after(v):
        return np.where(v < 0, LEAK * v, v)

    truth, best = after(values), (np.inf, low)
    for part in (1.0, 0.85, 0.7, 0.55, 0.42, 0.32, 0.22, 0.14):
        step = (high - low * part) / 255
        zero = np.round(-low * part / step)
        q = (np.clip(np.round(values / step) + zero, 0, 255) - zero) * step
        wrong = float(((after(q) - truth) ** 2).mean())
        if wrong < best[0] * 0.999:
            best = (wrong, low * part)
    return best[1], high


def byte_graph(model, seen, outside):
    """The model with all nodes in bytes but those whose first output is in `outside`."""
    model = ModelProto.FromString(model.SerializeToString())
    g = model.graph
    values = {t.name: numpy_helper.to_array(t) for t in g.initializer}
    results, uses, few = {o.name for o in g.output}, readers_of(g), set()
    # The picture as a whole is a few hundred numbers: they stay as they are.
    outside = set(outside) | {n.output[0] for n in g.node if n.op_type == "GlobalAveragePool"}
    for n in g.node:
        if n.op_type in ("Concat", "Conv", "Relu") and any(i in outside and i not in seen or i in few for i in n.input):
            few.add(n.output[0])
    outside |= few
    inside = {
        n.output[0]
        for n in g.node
        if n.op_type in BYTE_OPS and n.output[0] not in outside | results and all(not i or i in seen or i in values for i in n.input)
    }
    # The last convolutions write what is asked for: odd channels, whole precision.
    inside -= {n.output[0] for n in g.node if n.op_type == "Conv" and values[n.input[1]].shape[0] % 16}
    # Relu right after a convolution costs nothing: a zero point of 0 cuts at zero.
    cut, leaky, parent = {}, set(), {}
    for n in g.node:
        if n.op_type == "Relu" and n.output[0] in inside and n.input[0] in inside and len(uses[n.input[0]]) == 1:
            cut[n.input[0]] = n.output[0]
        if n.op_type == "LeakyRelu" and n.output[0] in inside:
            leaky.add(n.input[0])

    def root(t):
        while parent.get(t, t) != t:
            t = parent[t]
        return t

    for n in g.node:
        if n.output[0] in inside and n.op_type in MOVES:
            for i in n.input:
                if i in seen:
                    parent[root(i)] = root(n.output[0])
    members, span = {}, {}
    for t in seen:
        members.setdefault(root(t), []).append(t)
    nodes, weights, done = [], [], set()

    def span_of(t):
        r = root(t)
        if r not in span:
            every = np.concatenate([seen[m][0].ravel() for m in members[r]])
            low, high = min(seen[m][1].min() for m in members[r]), max(seen[m][2].max() for m in members[r])
            span[r] = best_span(every, min(float(low), 0.0), max(float(high), 1e-6), len(members[r]) == 1 and t in leaky)
        return span[r]

    def weight(name, value):
        if name not in done:
            done.add(name)
            weights.append(numpy_helper.from_array(value, name))
        return name

    def scale_of(t):
        low, high = span_of(t)
        scale = (high - low) / 255
        r = root(t)
        zero = int(np.clip(round(-low / scale), 0, 255))
        return weight(f"{r}_s", np.array(scale, np.float32)), weight(f"{r}_z", np.array(zero, np.uint8)), scale

    def bytes_of(t):
        if f"{t}_q" not in done:
            done.add(f"{t}_q")
            s, z, _ = scale_of(t)
            nodes.append(helper.make_node("QuantizeLinear", [t, s, z], [f"{t}_q"]))
        return f"{t}_q"

    count = [0]

    def floats(t):
        """The float tensor again, for one reader."""
        count[0] += 1
        s, z, _ = scale_of(t)
        out = f"{t}_d{count[0]}"
        nodes.append(helper.make_node("DequantizeLinear", [bytes_of(t), s, z], [out]))
        return out

    def constant(name, q, s, kind):
        nodes.append(
            helper.make_node(
                "DequantizeLinear",
                [weight(f"{name}_q", q), weight(f"{name}_s", s.astype(np.float32)), weight(f"{name}_z", np.zeros(len(q), kind))],
                [f"{name}_d"],
                axis=0,
            )
        )
        return f"{name}_d"

    def conv_inputs(n):
        x, w, b = n.input
        v = values[w]
        s = np.maximum(np.abs(v).reshape(len(v), -1).max(1), 1e-8) / WEIGHT_MOST
        s = np.maximum(s, np.abs(values[b]) / (scale_of(x)[2] * 2**30))
        q = np.clip(np.round(v / s.reshape(-1, 1, 1, 1)), -WEIGHT_MOST, WEIGHT_MOST).astype(np.int8)
        total = s * scale_of(x)[2]
        # What rounding the weights adds on the average is taken off again.
        wrong = q * s.reshape(-1, 1, 1, 1) - v
        mean = seen[x][0].mean(0)
        shift = wrong.sum((2, 3))[:, 0] * mean if v.shape[1] == 1 and len(mean) > 1 else wrong.sum((2, 3)) @ mean
        bias = np.round((values[b] - shift) / total).clip(-(2**31), 2**31 - 1).astype(np.int32)
        return [floats(x), constant(w, q, s, np.int8), constant(b, bias, total, np.int32)]

    for n in g.node:
        y = n.output[0]
        if n.op_type == "Relu" and cut.get(n.input[0]) == y:
            continue
        attributes = {a.name: helper.get_attribute_value(a) for a in n.attribute}
        if y not in inside:
            inputs = [floats(i) if i in inside or i in cut.values() else i for i in n.input]
            outputs = list(n.output)
        elif n.op_type == "Conv":
            inputs, outputs = conv_inputs(n), [cut.get(y, y)]
        else:
            inputs, outputs = [floats(i) if i in seen else i for i in n.input], [cut.get(y, y)]
        for i in inputs:
            if i in values:
                weight(i, values[i])
        nodes.append(helper.make_node(n.op_type, inputs, outputs, **attributes))
        if y in inside:
            bytes_of(outputs[0])
    del g.node[:], g.initializer[:], g.value_info[:]
    g.node.extend(nodes)
    g.initializer.extend(weights)
    return model
