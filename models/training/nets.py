# The two networks that are learned here, as PyTorch modules, and their writing as plain ONNX nodes.
import numpy as np
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional as F

from pictures import OBJECTS, SURFACES


def conv_bn(cin, cout, k, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(cin, cout, k, stride, k // 2, groups=groups, bias=False), nn.BatchNorm2d(cout, momentum=0.03), nn.ReLU()
    )


def separable(cin, cout, k):
    return nn.Sequential(*conv_bn(cin, cin, k, groups=cin), *conv_bn(cin, cout, 1))


HEAD_MAPS = {"map_c2": 2, "map_c3": 1, "map_s8": 1, "map_c5": 0.25}
WHOLE = 24 + 116 + 96 + 464


class RoadHeads(nn.Module):
    """Ground surface and objects from the frozen base's maps at strides 4 and 8."""

    def __init__(self):
        super().__init__()
        self.fine = conv_bn(24, 24, 3, stride=2)
        self.mix = conv_bn(116 + 96, 64, 1)
        self.trunk = nn.Sequential(*separable(88, 72, 5), *separable(72, 72, 5))
        self.surface = nn.Sequential(*separable(72, 56, 3), nn.Conv2d(56, len(SURFACES), 1))
        self.objects = nn.Sequential(*separable(72, 64, 5), *separable(64, 64, 5))
        self.heat = nn.Conv2d(64, len(OBJECTS), 1)
        self.size = nn.Conv2d(64, 2, 1)
        self.offset = nn.Conv2d(64, 2, 1)
        nn.init.constant_(self.heat.bias, -4.0)
        # Wet or dry, water or ice is seldom to be told from eight pixels: the surroundings (stride 32) and the picture as
        # a whole lift and scale what the trunk found.
        self.around = nn.Conv2d(464, 72, 1)
        self.whole = nn.Sequential(nn.Conv2d(WHOLE, 48, 1), nn.ReLU(), nn.Conv2d(48, 144, 1))
        for layer in (self.around, self.whole[2]):
            nn.init.normal_(layer.weight, std=0.003)
            nn.init.zeros_(layer.bias)

    def forward(self, c2, c3, s8, c5, whole):
        """`whole`: means of the four maps over the whole picture, [n, WHOLE, 1, 1], though the maps may be a window."""
        t = self.trunk(torch.cat([self.mix(torch.cat([c3, s8], 1)), self.fine(c2)], 1))
        if self.training:
            whole = F.dropout(whole, 0.2)
        scale, shift = self.whole(whole).chunk(2, 1)
        t = F.relu(t * (1 + scale) + shift + F.interpolate(self.around(c5), scale_factor=4, mode="nearest"))
        o = self.objects(t)
        return self.surface(t), self.heat(o), self.size(o), self.offset(o)


def tune(net, tuning):
    """Moves the odds of surfaces, and spreads and moves the scores of objects, so that one half is where a calm street
    never comes; both are folded into the last convolutions."""
    with torch.no_grad():
        for name, shift in tuning["surface"].items():
            net.surface[-1].bias[SURFACES.index(name)] += shift
        for name, (gain, shift) in tuning["heat"].items():
            k = list(OBJECTS).index(name)
            net.heat.weight[k] *= gain
            net.heat.bias[k] = net.heat.bias[k] * gain + shift
    return net


SPOT_CLASSES = ("open", "closed", "covered", "unsure")
SPOT_SIDE = 64


class SpotNet(nn.Module):
    """A crop of a registered manhole, 64 x 64, normalised to -1..1."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            *conv_bn(3, 16, 3, stride=2),
            *separable(16, 32, 3),
            *conv_bn(32, 32, 3, stride=2, groups=32),
            *conv_bn(32, 64, 1),
            *separable(64, 64, 3),
            *conv_bn(64, 64, 3, stride=2, groups=64),
            *conv_bn(64, 96, 1),
            *separable(96, 96, 3),
            *conv_bn(96, 96, 3, stride=2, groups=96),
            *conv_bn(96, 128, 1),
        )
        self.last = nn.Linear(128 * 2, len(SPOT_CLASSES))
        self.drop = nn.Dropout(0.2)

    def forward(self, x):
        f = self.body(x)
        pooled = torch.cat([F.adaptive_avg_pool2d(f, 1), F.adaptive_max_pool2d(f, 1)], 1).flatten(1)
        return self.last(self.drop(pooled))


class Writer:
    """Collects ONNX nodes and weights for trained modules; batch normalisation is folded into its convolution."""

    def __init__(self, prefix):
        self.prefix, self.nodes, self.weights, self.count = prefix, [], [], 0

    def name(self):
        self.count += 1
        return f"{self.prefix}{self.count}"

    def weight(self, value):
        name = self.name()
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op, inputs, output=None, **attributes):
        output = output or self.name()
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def conv(self, x, conv, bn=None):
        w = conv.weight.detach().numpy().astype(np.float32)
        b = conv.bias.detach().numpy() if conv.bias is not None else np.zeros(w.shape[0], np.float32)
        if bn is not None:
            g = (bn.weight / torch.sqrt(bn.running_var + bn.eps)).detach().numpy()
            w = w * g[:, None, None, None]
            b = (b - bn.running_mean.numpy()) * g + bn.bias.detach().numpy()
        p = conv.padding[0]
        return self.node(
            "Conv",
            [x, self.weight(w.astype(np.float32)), self.weight(b.astype(np.float32))],
            kernel_shape=list(conv.kernel_size),
            strides=list(conv.stride),
            pads=[p, p, p, p],
            group=conv.groups,
        )

    def sequence(self, x, layers):
        layers = list(layers)
        i = 0
        while i < len(layers):
            layer = layers[i]
            if isinstance(layer, nn.Conv2d):
                bn = layers[i + 1] if i + 1 < len(layers) and isinstance(layers[i + 1], nn.BatchNorm2d) else None
                x = self.conv(x, layer, bn)
                i += 2 if bn is not None else 1
            elif isinstance(layer, nn.ReLU):
                x = self.node("Relu", [x])
                i += 1
            else:
                raise TypeError(f"no ONNX form for {layer}")
        return x

    def bytes_to_float(self, x, scale, shift):
        """uint8 NHWC -> float NCHW, times scale, plus shift."""
        x = self.node("Transpose", [x], perm=[0, 3, 1, 2])
        x = self.node("Cast", [x], to=TensorProto.FLOAT)
        x = self.node("Mul", [x, self.weight(np.array(scale, np.float32))])
        return self.node("Add", [x, self.weight(np.array(shift, np.float32))])
