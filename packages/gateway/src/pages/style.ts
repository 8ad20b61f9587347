/**
 * The one style sheet of the gateway's pages. System fonts and colours only, so that a page needs nothing but itself;
 * text on its ground has a contrast of at least 4.5 in both schemes (WCAG 2.2, 1.4.3).
 */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #eef0f4; --card: #ffffff; --line: #d5d9e2; --edge: #b3bac9; --ink: #171b26; --soft: #565f73;
  --accent: #2f4fd8; --accent-ink: #ffffff; --accent-deep: #2340b8; --tint: #eef1fd; --warn: #a3300f; --warn-tint: #fdeee8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1218; --card: #181c25; --line: #313849; --edge: #50586c; --ink: #eceff6; --soft: #a3acc0;
    --accent: #9db0ff; --accent-ink: #0f1530; --accent-deep: #b9c7ff; --tint: #222a42; --warn: #ffb59c; --warn-tint: #3a221a;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; place-items: center;
  padding: 1.5rem 1rem; background: var(--ground); color: var(--ink);
  font: 400 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main {
  width: 100%; max-width: 25rem; padding: 2.25rem 2rem 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem; box-shadow: 0 1px 2px rgb(15 20 40 / .06), 0 12px 32px rgb(15 20 40 / .08);
}
.mark { display: block; width: 2.5rem; height: 2.5rem; margin-bottom: 1.25rem; color: var(--accent); }
.mark.warn { color: var(--warn); }
h1 { margin: 0 0 .5rem; font-size: 1.4rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; text-wrap: balance; }
p { margin: 0 0 1rem; color: var(--soft); text-wrap: pretty; }
p strong { color: var(--ink); font-weight: 600; overflow-wrap: anywhere; }
form, ul { margin: 0; padding: 0; }
ul { list-style: none; display: grid; gap: .6rem; margin-bottom: 1.25rem; }
.actions { display: grid; gap: .6rem; margin-top: 1.5rem; }
.button {
  display: block; width: 100%; min-height: 2.9rem; padding: .65rem 1rem; border: 1px solid transparent; border-radius: .65rem;
  font: inherit; font-weight: 600; line-height: 1.4; text-align: center; text-decoration: none; cursor: pointer;
}
.button.first { background: var(--accent); color: var(--accent-ink); }
.button.first:hover { background: var(--accent-deep); }
.button.second { background: transparent; border-color: var(--edge); color: var(--ink); }
.button.second:hover { border-color: var(--accent); }
.person {
  display: grid; grid-template-columns: auto 1fr auto; align-items: center; gap: .85rem; width: 100%; padding: .7rem .85rem;
  background: var(--card); color: var(--ink); border: 1px solid var(--line); border-radius: .75rem; font: inherit; text-align: left; cursor: pointer;
}
.person:hover { border-color: var(--accent); background: var(--tint); }
.person svg { width: 1.1rem; height: 1.1rem; color: var(--soft); }
.initial {
  display: grid; place-items: center; width: 2.5rem; height: 2.5rem; border-radius: 50%; background: var(--tint); color: var(--accent);
  font-weight: 650; text-transform: uppercase;
}
.who { display: block; font-weight: 600; overflow-wrap: anywhere; }
.what { display: block; color: var(--soft); font-size: .875rem; overflow-wrap: anywhere; }
.note { margin: 0; padding: .7rem .85rem; border-radius: .65rem; background: var(--warn-tint); color: var(--warn); font-size: .875rem; }
.reference { margin: 1.5rem 0 0; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .8125rem; }
code { font: .8125rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
a { color: var(--accent); }
a.button { color: inherit; }
a.button.first { color: var(--accent-ink); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (forced-colors: active) { main, .person, .button { border: 1px solid; } }
`
