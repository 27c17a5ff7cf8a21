# Rewrites a finished graph for the runtime's blocked layout: same numbers, fewer copies.
"""The runtime's fast CPU kernels hold channels in blocks of 16. ShuffleNet's 24, 58, 116 and 232 channels and its channel
shuffles leave that layout again and again. `lean()` therefore
- pads such channels to blocks of 16 with zero weights;
- never shuffles, slices or joins: it only remembers where each channel is, and gives the next convolution columns of
  weights to match, zero for channels that it must not see;
- lets a convolution whose channels are read at different times write them as several tensors, so that a reader takes
  whole tensors of what it needs.
The answers differ from those of the original by rounding alone (`compare()`).
"""
import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

BLOCK = 16


def up(n):
    return -(-n // BLOCK) * BLOCK


class Lean:
    def __init__(self, model):
        self.old = model.graph
        self.values = {t.name: numpy_helper.to_array(t) for t in self.old.initializer}
        self.uses = {}
        for n in self.old.node:
            for i in n.input:
                self.uses.setdefault(i, []).append(n)
        self.where = {}  # old tensor -> [(new tensor, channel)], one for each old channel
        self.width = {}  # new tensor -> channels
        self.order = {}  # new tensor -> number of its making
        self.nodes, self.weights, self.joined, self.kept, self.count = [], [], {}, set(), 0
        self.results = {o.name for o in self.old.output}

    def name(self):
        self.count += 1
        return f"t{self.count}"

    def weight(self, value):
        name = self.name()
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op, inputs, output=None, **attributes):
        output = output or self.name()
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def place(self, tensor, width):
        self.width[tensor] = width
        self.order[tensor] = len(self.order)

    def gather(self, channels):
        """One tensor that holds the channels, and where each of them is in it."""
        sources = sorted({t for t, _ in channels}, key=lambda t: self.order[t])
        if len(sources) == 1:
            tensor = sources[0]
        else:
            key = tuple(sources)
            if key not in self.joined:
                self.joined[key] = self.node("Concat", sources, axis=1)
                self.place(self.joined[key], sum(self.width[s] for s in sources))
            tensor = self.joined[key]
        base, at = {}, 0
        for s in sources:
            base[s] = at
            at += self.width[s]
        return tensor, np.array([base[t] + c for t, c in channels])

    def plain(self, name):
        """The old tensor as it was, or its name when nothing has moved."""
        if name not in self.where:
            return name
        channels = self.where[name]
        tensor, at = self.gather(channels)
        if len(at) == self.width[tensor] and (at == np.arange(len(at))).all():
            return tensor
        raise ValueError(f"{name} is not in one piece")

    def readers(self, name, channel):
        """When each channel is read for the last time through shuffles, joins and slices: the number of that node, or a
        large one when it is read as part of a whole."""
        last, queue = 0, [(name, channel)]
        while queue:
            t, c = queue.pop()
            if t in self.results:
                return 1 << 30
            for n in self.uses.get(t, []):
                if n.op_type in ("LeakyRelu", "Relu"):
                    queue.append((n.output[0], c))
                elif n.op_type == "Concat":
                    before = 0
                    for i in n.input:
                        if i == t:
                            queue.append((n.output[0], before + c))
                            break
                        before += self.channels[i]
                elif n.op_type == "Reshape" and n.output[0] in self.shuffles:
                    out, total = self.shuffles[n.output[0]]
                    half = total // 2
                    queue.append((out, (c % half) * 2 + c // half))
                elif n.op_type == "Slice":
                    first, end = self.slices[n.output[0]]
                    if first <= c < end:
                        queue.append((n.output[0], c - first))
                else:
                    last = max(last, self.at[n.output[0]])
        return last

    def survey(self):
        """Channels of each tensor, where nodes stand, which nodes shuffle and slice."""
        self.at = {o: k for k, n in enumerate(self.old.node) for o in n.output}
        self.channels, self.shuffles, self.slices = {}, {}, {}
        producer = {o: n for n in self.old.node for o in n.output}
        for n in self.old.node:
            out, op = n.output[0], n.op_type
            if op == "Conv":
                self.channels[out] = self.values[n.input[1]].shape[0]
            elif op == "Concat":
                self.channels[out] = sum(self.channels.get(i, 0) for i in n.input)
            elif op == "Slice":
                first, end, axis = (int(self.values[i].reshape(-1)[0]) for i in n.input[1:4])
                if axis != 1:
                    raise ValueError("a slice of something else than channels")
                end = min(end, self.channels[n.input[0]])
                self.slices[out] = (first, end)
                self.channels[out] = end - first
            elif op == "Reshape" and producer.get(n.input[0]) is not None and producer[n.input[0]].op_type == "Transpose":
                first = producer[producer[n.input[0]].input[0]]
                if first.op_type == "Reshape" and list(producer[n.input[0]].attribute[0].ints) == [0, 2, 1, 3, 4]:
                    total = self.channels[first.input[0]]
                    self.shuffles[first.output[0]] = (out, total)
                    self.channels[out] = total
                    self.skip |= {first.output[0], producer[n.input[0]].output[0], out}
                    self.undo[out] = first.input[0]
            elif n.input and n.input[0] in self.channels:
                self.channels[out] = self.channels[n.input[0]]

    def run(self):
        self.skip, self.undo = set(), {}
        self.survey()
        for n in self.old.node:
            out = n.output[0]
            if out in self.undo:
                whole = self.where[self.undo[out]]
                half = len(whole) // 2
                self.where[out] = [whole[k] for i in range(half) for k in (i, half + i)]
            elif out not in self.skip:
                getattr(self, f"on_{n.op_type}", self.on_other)(n)
        return self.nodes, self.weights

    def on_Conv(self, n):
        a = {x.name: helper.get_attribute_value(x) for x in n.attribute}
        w = self.values[n.input[1]]
        b = self.values[n.input[2]]
        count, group = w.shape[0], a.get("group", 1)
        known = self.where.get(n.input[0])
        if group > 1:
            if known is None or group != count:
                raise ValueError("a grouped convolution of a new kind")
            tensor, at = self.gather(known)
            wide = self.width[tensor]
            ww, bb = np.zeros((wide, *w.shape[1:]), np.float32), np.zeros(wide, np.float32)
            ww[at], bb[at] = w, b
            y = self.node("Conv", [tensor, self.weight(ww), self.weight(bb)], **{**a, "group": wide})
            self.place(y, wide)
            self.where[n.output[0]] = [(y, int(c)) for c in at]
            return
        if known is None:
            tensor, ww = n.input[0], w
        else:
            tensor, at = self.gather(known)
            ww = np.zeros((count, self.width[tensor], *w.shape[2:]), np.float32)
            ww[:, at] = w
        if n.output[0] in self.results or not self.blocked(n):
            self.node("Conv", [tensor, self.weight(ww), self.weight(b)], n.output[0], **a)
            return
        where = [None] * count
        for part in self.parts(n.output[0], count):
            size = up(len(part))
            wp, bp = np.zeros((size, *ww.shape[1:]), np.float32), np.zeros(size, np.float32)
            wp[: len(part)], bp[: len(part)] = ww[part], b[part]
            y = self.node("Conv", [tensor, self.weight(wp), self.weight(bp)], **a)
            self.place(y, size)
            for k, c in enumerate(part):
                where[c] = (y, k)
        self.where[n.output[0]] = where

    def blocked(self, n):
        """Whether what follows can take padded channels."""
        follow, seen = [n.output[0]], set()
        while follow:
            t = follow.pop()
            if t in self.results:
                return False
            for m in self.uses.get(t, []):
                if m.op_type in ("LeakyRelu", "Relu", "MaxPool", "Concat", "Resize", "Add", "Mul", "GlobalAveragePool") or m.output[0] in self.skip:
                    if m.output[0] not in seen:
                        seen.add(m.output[0])
                        follow.append(m.output[0])
                elif m.op_type not in ("Conv", "Slice") or m.op_type == "Slice" and m.output[0] in self.results:
                    return False
        return True

    def parts(self, name, count):
        """The channels of a convolution, cut by when they are read for the last time; each part fills its blocks."""
        times = [self.readers(name, c) for c in range(count)]
        groups = [[c for c in range(count) if times[c] == t] for t in sorted(set(times))]
        # A cut that makes many more blocks than one whole tensor has is not worth it: join the latest ones.
        while len(groups) > 1 and sum(up(len(g)) for g in groups) > up(count) * 1.1:
            groups[-2:] = [sorted(groups[-2] + groups[-1])]
        return groups

    def each(self, n, **attributes):
        """The node on every new tensor that holds a channel of its input."""
        known = self.where[n.input[0]]
        made = {}
        for t, _ in known:
            if t not in made:
                made[t] = self.node(n.op_type, [t, *map(self.keep, n.input[1:])], **attributes)
                self.place(made[t], self.width[t])
        self.where[n.output[0]] = [(made[t], c) for t, c in known]

    def on_other(self, n):
        a = {x.name: helper.get_attribute_value(x) for x in n.attribute}
        known = self.where.get(n.input[0]) if n.input else None
        out = n.output[0]
        if n.op_type in ("LeakyRelu", "Relu", "MaxPool", "Resize", "GlobalAveragePool") and known is not None:
            self.each(n, **a)
        elif n.op_type == "Concat" and all(i in self.where for i in n.input) and a["axis"] == 1 and out not in self.results:
            self.where[out] = [c for i in n.input for c in self.where[i]]
        elif n.op_type == "Slice" and known is not None:
            first, end = self.slices[out]
            self.where[out] = known[first:end]
        elif n.op_type in ("Add", "Mul") and known is not None and n.input[1] in self.where:
            x, y = self.gather(known), self.gather(self.where[n.input[1]])
            if not (x[1] == y[1]).all():
                raise ValueError(f"{n.op_type} of two that lie differently: {n.input}")
            self.place_result(n, self.node(n.op_type, [x[0], y[0]]), x)
        else:
            inputs = [self.keep(self.plain(i)) for i in n.input]
            self.nodes.append(helper.make_node(n.op_type, inputs, list(n.output), **a))

    def keep(self, name):
        """A weight that stays as it is."""
        if name in self.values and name not in self.kept:
            self.kept.add(name)
            self.weights.append(numpy_helper.from_array(self.values[name], name))
        return name

    def place_result(self, n, tensor, like):
        self.place(tensor, self.width[like[0]])
        self.where[n.output[0]] = [(tensor, int(c)) for c in like[1]]


def lean(model, front):
    """(model, names): the model in the runtime's terms, with inputs, outputs and answers as they were, and the outputs of
    its nodes that the old tensor `front` needs."""
    model = ModelProto.FromString(model.SerializeToString())
    for t in model.graph.initializer:
        if t.data_type == TensorProto.FLOAT16:
            raise ValueError("lean() wants weights of 32 bits")
    work = Lean(model)
    nodes, weights = work.run()
    made = {n.output[0]: n for n in nodes}
    names, queue = set(), [work.gather(work.where[front])[0]]
    while queue:
        t = queue.pop()
        if t in made and t not in names:
            names.add(t)
            queue.extend(made[t].input)
    g = model.graph
    del g.node[:], g.initializer[:], g.value_info[:]
    g.node.extend(nodes)
    g.initializer.extend(weights)
    return model, names


def compare(a, b, frames):
    """Largest difference of each output between two sessions, over frames."""
    worst = {}
    names = [o.name for o in a.get_outputs()]
    for f in frames:
        for n, x, y in zip(names, a.run(names, {"frame": f}), b.run(names, {"frame": f})):
            worst[n] = max(worst.get(n, 0.0), float(np.abs(x - y).max()))
    return worst
