# All steps from pictures to models, one after the other, each in a process of its own.
"""python make.py --base nanodet_plus_m.onnx --data DATA --stills STILLS --work WORK --to OUT/models --version 2026-11-22 [--quick]
    [--close-base mobilenetv2_features.onnx] [--series SERIES]

`--close-base` makes `close-v0` too, `--series` makes `past-v0` for the road network that was just made. `--quick`: 60 stills,
every third real picture, two epochs. Its models run and answer in the agreed form, no more than that.
"""
import argparse
import os
import subprocess
import sys
import time

if __name__ == "__main__":
    p = argparse.ArgumentParser()
    for name in ("base", "data", "stills", "work", "to", "version"):
        p.add_argument(f"--{name}", required=True)
    p.add_argument("--close-base", default="", help="base of close-v0; without it that network is not made")
    p.add_argument("--series", default="", help="rendered series; without them past-v0 is not made")
    p.add_argument("--real", choices=("A", "AB"), default="A")
    p.add_argument("--quick", action="store_true")
    a = p.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    work, real, base = ["--work", a.work], ["--real", a.real], ["--base", a.base]
    epochs = "2" if a.quick else "10"
    steps = [
        ["lists.py", "--data", a.data, "--stills", a.stills, *work, *(["--most-stills", "60", "--every", "3"] if a.quick else [])],
        ["features.py", *base, *work, "--variants", "0" if a.quick else "0,2,3"],
        ["blind.py", *base, *work, "--copies", "1" if a.quick else "2", "--stills", "20" if a.quick else "450"],
        ["train.py", *work, *real, "--epochs", epochs, "--rate", "3e-3", "--seed", "1"],
        ["levels.py", *work, *real, "--settings", os.path.join(here, "settings.json")],
        ["spot.py", *work, *real, "--epochs", epochs, "--seed", "1"],
        ["export.py", *base, *work, *real, "--settings", os.path.join(here, "settings.json"), "--version", a.version, "--to", a.to],
        ["train_list.py", *work, *real, "--to", a.to],
    ]
    if a.close_base:
        close = ["--base", a.close_base, *work]
        steps.append(["close_crops.py", *close, *(["--copies", "2"] if a.quick else [])])
        steps.append(["close.py", *close, *real, "--version", a.version, "--to", a.to])
    if a.series:
        out = os.path.join(a.to, "past-v0")
        steps.append(["past.py", *real, "--series", a.series, "--data", a.data, "--models", a.to, *work, "--out", out])
    for step in steps:
        started = time.time()
        print("--", *step, flush=True)
        done = subprocess.run([sys.executable, os.path.join(here, step[0]), *step[1:]])
        if done.returncode:
            sys.exit(f"{step[0]} ended with {done.returncode}; what was made before it is kept in {a.work}")
        print(f"-- {step[0]}: {time.time() - started:.0f} s", flush=True)
