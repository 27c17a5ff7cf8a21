// The report's look: dark, for long reading.

export const style = `:root{color-scheme:dark;--ground:#0f1318;--panel:#171d25;--line:#2a333f;--text:#dde4ec;--muted:#8d99a8;--blue:#62b0f4;--good:#4cc38a;--bad:#f47b72;--amber:#e3b24f}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:82rem;padding:1.5rem 2rem 4rem;color:var(--text);background:var(--ground)}
h1{font-size:1.9rem;margin:.5rem 0}h2{font-size:1.4rem;margin:0 0 .6rem}h3{font-size:1rem;margin:1.6rem 0 .6rem;color:var(--muted);font-weight:600}
section{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:1.2rem 1.4rem;margin:1.4rem 0}
.muted{color:var(--muted);font-size:.88rem}header p{margin:.25rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem;display:block;overflow-x:auto}
th{color:var(--muted);font-weight:500;font-size:.8rem}td,th{padding:.28rem .8rem .28rem 0;text-align:left;border-bottom:1px solid var(--line);white-space:nowrap}
td.met{color:var(--good);font-weight:600}td.missed{color:var(--bad);font-weight:600}td.not-decided,td.none{color:var(--muted)}
td.heat{padding:.28rem .6rem;text-align:center;border:2px solid var(--panel);border-radius:5px}td.none{text-align:center}
.charts{display:flex;flex-wrap:wrap;gap:1rem 2rem;align-items:flex-start}.charts>svg.forest{flex:1 1 34rem;min-width:30rem}.charts>div{display:flex;flex-direction:column;gap:1rem}svg.square{width:17.5rem;height:auto}svg.forest{width:52rem;max-width:100%;height:auto}
svg text{fill:var(--text);font-size:11px}svg.square text{font-size:9px}svg .title{font-weight:600;font-size:12px}svg.square .title{font-size:10px}svg .tick{fill:var(--muted);font-size:9.5px}svg.square .tick{font-size:7px}svg .axis{fill:var(--muted)}
.grid{stroke:var(--line)}.even{stroke:var(--muted);stroke-dasharray:3 3}.line{fill:none;stroke:var(--blue);stroke-width:2}.dot{fill:var(--blue);fill-opacity:.75}
.gap{stroke:var(--bad);stroke-width:1.5;stroke-opacity:.7}.count{fill:var(--blue);fill-opacity:.45}.whisker{stroke:var(--blue);stroke-width:3;stroke-opacity:.5;stroke-linecap:round}
.point.over{fill:var(--good)}.point.under{fill:var(--amber)}.limit{stroke:var(--amber);stroke-dasharray:4 3}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:1rem}figure{margin:0;background:var(--ground);border:1px solid var(--line);border-radius:8px;overflow:hidden}
figure.bad{border-color:var(--bad)}img{width:100%;height:10rem;object-fit:contain;background:#000;display:block}
figcaption{font-size:.78rem;line-height:1.35;padding:.45rem .6rem;overflow-wrap:anywhere;color:var(--muted)}figcaption b{color:var(--text);font-size:.95rem}figcaption i{color:var(--amber);font-style:normal}figcaption span{display:block}
.beside{display:flex;gap:.8rem;margin:.6rem 0;align-items:flex-start;flex-wrap:wrap}.beside figure{width:15rem}.beside>img{width:11rem;height:9rem;border-radius:6px;opacity:.85}`;
