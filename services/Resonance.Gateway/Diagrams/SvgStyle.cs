namespace Resonance.Gateway.Diagrams;

/// <summary>The look of diagrams. A page sets <c>--diagram-*</c> to have them in its own colours; alone they follow the reader's system.</summary>
static class SvgStyle
{
    public const string Css =
        """
        svg.machine{--paper:var(--diagram-paper,#ffffff);--surface:var(--diagram-surface,#f6f8fb);--ink:var(--diagram-ink,#1c2733);
        --muted:var(--diagram-muted,#5f6c7b);--line:var(--diagram-line,#8a97a8);--accent:var(--diagram-accent,#2563eb);
        --good:var(--diagram-good,#15803d);--bad:var(--diagram-bad,#c02626);--warn:var(--diagram-warn,#a16207);
        --undo:var(--diagram-undo,#7c3aed);background:var(--paper);color:var(--ink);
        font-family:var(--diagram-font,Inter,"Segoe UI",Roboto,Helvetica,Arial,sans-serif);font-variant-numeric:tabular-nums}
        @media (prefers-color-scheme:dark){svg.machine{--paper:var(--diagram-paper,#12181f);--surface:var(--diagram-surface,#1b232d);
        --ink:var(--diagram-ink,#e6ebf1);--muted:var(--diagram-muted,#9aa7b6);--line:var(--diagram-line,#66758a);
        --accent:var(--diagram-accent,#6aa1ff);--good:var(--diagram-good,#4ade80);--bad:var(--diagram-bad,#f87171);
        --warn:var(--diagram-warn,#fbbf24);--undo:var(--diagram-undo,#a78bfa)}}
        .machine text{fill:var(--ink);stroke:none}
        .machine .state{--tone:var(--line)}
        .machine .state.completed{--tone:var(--good)}
        .machine .state.failed{--tone:var(--bad)}
        .machine .state.cancelled{--tone:var(--muted)}
        .machine .state.suspended{--tone:var(--warn)}
        .machine .state.compensating{--tone:var(--undo)}
        .machine .box{fill:var(--surface);stroke:var(--tone);stroke-width:1.3}
        .machine .state:not(.running) .box{fill:color-mix(in srgb,var(--tone) 9%,var(--paper))}
        .machine .inner{fill:none;stroke:var(--tone);stroke-width:1}
        .machine .name{font-size:12.5px;font-weight:650;letter-spacing:.3px}
        .machine .rule{stroke:var(--tone);stroke-opacity:.35;stroke-width:1}
        .machine .line{font-size:11px}
        .machine .line .aside,.machine .line.aside,.machine .line.time{fill:var(--muted)}
        .machine .pill{fill:color-mix(in srgb,var(--tone) 18%,var(--paper))}
        .machine .count{font-size:11px;font-weight:650}
        .machine .none .pill{fill:none}
        .machine .none .count{fill:var(--muted);font-weight:400}
        .machine a:focus-visible .box,.machine a:hover .box{stroke:var(--accent);stroke-width:2}
        .machine .halo{fill:none;stroke:var(--accent);stroke-width:5;stroke-opacity:.25}
        .machine .current .box{stroke:var(--accent);stroke-width:2.4}
        .machine .start{fill:var(--ink)}
        .machine .transition{--tone:var(--line)}
        .machine .transition.failure{--tone:var(--bad)}
        .machine .transition.suspension{--tone:var(--warn)}
        .machine .transition.compensation{--tone:var(--undo)}
        .machine .way{fill:none;stroke:var(--tone);stroke-width:1.4}
        .machine .retry .way{stroke-dasharray:2 3}
        .machine .compensation .way{stroke-dasharray:6 3}
        .machine .suspension .way{stroke-dasharray:5 3 1 3}
        .machine .head{fill:var(--tone);stroke:none}
        .machine .label rect{fill:var(--paper);stroke:none}
        .machine .label text{font-size:10.5px;fill:var(--muted);text-anchor:middle}
        .machine .label .taken{fill:var(--ink);font-weight:650}
        .machine .label .failing{fill:var(--bad);font-weight:650}
        .machine .idle .way,.machine .idle .head{opacity:.45}
        .machine .idle .label .taken{fill:var(--muted);font-weight:400}
        .machine .note .box{fill:var(--paper);stroke:var(--line);stroke-dasharray:3 3}
        .machine .note text,.machine .caption{font-size:10.5px;fill:var(--muted)}
        .machine.traced .transition:not(.travelled){opacity:.35}
        .machine.traced .state:not(.visited):not(.current),.machine.traced .note{opacity:.5}
        .machine .travelled .way{stroke:var(--accent);stroke-width:2.4}
        .machine .travelled .head{fill:var(--accent)}
        .machine .travelled .label text{fill:var(--ink)}
        @media (prefers-reduced-motion:no-preference){.machine .running.current .halo{animation:machine-halo 2s ease-in-out infinite}}
        @keyframes machine-halo{50%{stroke-opacity:.6}}
        """;
}
