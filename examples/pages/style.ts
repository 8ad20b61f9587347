/**
 * The one style sheet. System fonts and nothing fetched; text on its ground has a contrast of at least 4.5 in both schemes
 * (WCAG 2.2, 1.4.3). Each application has a hue of its own, so that one sees where one is.
 */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f1f2f6, #101218); --card: light-dark(#fff, #191c25); --sunk: light-dark(#f6f7fa, #12151c);
  --line: light-dark(#d9dce5, #303645); --ink: light-dark(#181b25, #edeff6); --soft: light-dark(#545c70, #a5adc0);
  --on: light-dark(#fff, #10131b);
  --bad: light-dark(#9c2a10, #ffb39b); --bad-tint: light-dark(#fdeee9, #3a2019);
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
.portal { --hue: 268; } .billing { --hue: 160; } .workspace { --hue: 330; } .admin { --hue: 45; }
*, *::before, *::after { box-sizing: border-box; }
body {
  --accent: light-dark(oklch(.45 .16 var(--hue)), oklch(.82 .11 var(--hue))); --tint: light-dark(oklch(.955 .025 var(--hue)), oklch(.29 .045 var(--hue)));
  margin: 0; background: var(--ground); color: var(--ink); font: 400 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
.skip { position: absolute; left: 1rem; top: -4rem; padding: .5rem 1rem; background: var(--card); color: var(--ink); border-radius: .5rem; z-index: 1; }
.skip:focus { top: .6rem; }
.bar { background: var(--card); border-bottom: 1px solid var(--line); border-top: .25rem solid var(--accent); }
.bar > div { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.5rem; max-width: 68rem; margin: 0 auto; padding: .75rem 1.25rem; }
.mark { display: inline-flex; align-items: center; gap: .55rem; font-weight: 700; letter-spacing: -.01em; }
.mark svg { width: 1.6rem; height: 1.6rem; color: var(--accent); }
nav { flex: 1; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem; margin: 0; padding: 0; list-style: none; }
nav a { display: block; padding: .4rem .8rem; border-radius: .5rem; color: var(--soft); font-weight: 600; text-decoration: none; }
nav a:hover { color: var(--ink); background: var(--sunk); }
nav a[aria-current] { color: var(--accent); background: var(--tint); }
.who { display: flex; align-items: center; gap: .75rem; color: var(--soft); }
.who strong { color: var(--ink); }
main { display: grid; gap: 1.25rem; align-items: start; max-width: 68rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
main > * { min-width: 0; }
@media (min-width: 58rem) { main.two { grid-template-columns: minmax(0, 1fr) 21rem; } main.two > header, main.two > .notice { grid-column: 1 / -1; } }
main.narrow { max-width: 36rem; padding-top: 12vh; }
.stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.02em; text-wrap: balance; }
h2 { margin: 0 0 .35rem; font-size: 1.05rem; line-height: 1.3; letter-spacing: -.005em; }
h3 { margin: 1.25rem 0 .5rem; font-size: .9375rem; }
p { margin: 0 0 .9rem; color: var(--soft); text-wrap: pretty; }
p:last-child { margin-bottom: 0; }
p strong, td strong { color: var(--ink); }
.lead { margin: .35rem 0 0; max-width: 44rem; }
.card { padding: 1.35rem 1.5rem 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: .9rem; box-shadow: 0 1px 2px rgb(15 20 40 / .05); }
.notice { display: flex; gap: .75rem; align-items: baseline; padding: .85rem 1.1rem; border-radius: .75rem; background: var(--tint); border-left: .3rem solid var(--accent); }
.notice p { color: var(--ink); }
.notice.bad { background: var(--bad-tint); border-color: var(--bad); }
form { margin: 0; }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: end; margin-top: .9rem; }
p.row { align-items: center; }
.field { display: grid; gap: .3rem; flex: 1 1 10rem; font-weight: 600; font-size: .9375rem; }
input, select { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid light-dark(#848da1, #6f788d); border-radius: .55rem; background: var(--card); color: inherit; font: inherit; font-weight: 400; }
button, .button { display: inline-block; min-height: 2.75rem; padding: .55rem 1.1rem; border: 1px solid transparent; border-radius: .55rem; background: var(--accent); color: var(--on); font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
button:hover, .button:hover { filter: brightness(1.12); }
.second { background: transparent; border-color: light-dark(#b3bac9, #50586c); color: var(--ink); }
.second:hover { border-color: var(--accent); filter: none; }
.danger { background: transparent; border-color: var(--bad); color: var(--bad); }
.danger:hover { background: var(--bad-tint); filter: none; }
.small { min-height: 2.25rem; padding: .3rem .85rem; font-size: .9375rem; }
a { color: var(--accent); text-underline-offset: .2em; }
a.button { color: var(--on); } a.button.second { color: var(--ink); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.scroll { overflow-x: auto; margin: 1rem 0 0; }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; font-variant-numeric: tabular-nums; }
th, td { padding: .6rem .75rem .6rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: middle; }
th { color: var(--soft); font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
td.end, th.end { text-align: right; padding-right: 0; }
code, pre { font: .8438rem/1.5 var(--mono); }
code { overflow-wrap: anywhere; }
pre { margin: .75rem 0 0; padding: .85rem 1rem; max-height: 22rem; overflow: auto; background: var(--sunk); border: 1px solid var(--line); border-radius: .6rem; }
.badge { display: inline-block; padding: .1rem .6rem; border-radius: 1rem; background: var(--tint); color: var(--accent); font-size: .8438rem; font-weight: 650; white-space: nowrap; }
.session .version { display: flex; align-items: center; gap: .75rem; margin: .25rem 0 1rem; }
.session .version b { font-size: 3rem; line-height: 1; letter-spacing: -.04em; font-weight: 700; color: var(--accent); font-variant-numeric: tabular-nums; }
.session .version span { color: var(--soft); line-height: 1.3; font-size: .9375rem; }
.facts { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .4rem 1rem; margin: 0; font-size: .9375rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; font-weight: 550; font-variant-numeric: tabular-nums; }
.facts small { display: block; margin-top: .15rem; color: var(--soft); font-size: inherit; font-weight: 400; }
details { margin-top: 1.1rem; padding-top: 1rem; border-top: 1px solid var(--line); }
summary { cursor: pointer; font-weight: 600; font-size: .9375rem; }
@media (max-width: 36rem) { nav { flex: 1 0 100%; } nav ul { margin: 0 -.45rem; gap: 0; } nav a { padding: .35rem .45rem; font-size: .875rem; } }
.plan { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 1rem; }
.plan p { margin: 0; }
.plan b { display: block; font-size: 1.6rem; line-height: 1.2; letter-spacing: -.02em; }
@media (forced-colors: active) { .card, .notice, .badge, button, .button { border: 1px solid; } }
@media (prefers-reduced-motion: no-preference) { button, .button, nav a { transition: background-color .12s, border-color .12s, color .12s; } }
`
