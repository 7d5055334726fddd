using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Resonance.Engine.Definitions;
using Resonance.Gateway.Diagrams.Layout;

namespace Resonance.Gateway.Diagrams;

/// <summary>Draws a machine as SVG: no scripts, all colours by CSS variables, every text escaped.</summary>
sealed class SvgDiagram
{
    public const string TrayCaption = "From any state: by an operator, or when attempts are used up";

    const double Head = 8;

    readonly StringBuilder _svg = new(16_384);
    readonly DiagramOverlay _overlay;

    SvgDiagram(DiagramOverlay overlay)
    {
        _overlay = overlay;
    }

    /// <summary>The picture. Where an instance went comes out even where the machine does not draw it.</summary>
    public static string Render(MachineGraph graph, DiagramOverlay overlay)
    {
        var shown = overlay.OnScreen();
        var whole = shown.Travelled is { } travelled ? graph.With(travelled.Keys) : graph;
        var diagram = new SvgDiagram(shown);
        diagram.Draw(whole, DiagramPicture.Of(whole, shown));
        return diagram._svg.ToString();
    }

    void Draw(MachineGraph graph, DiagramPicture picture)
    {
        var title = _overlay.Current is { } current
            ? $"The way of an instance of {graph.Type}, which is in {current}"
            : $"State diagram of {graph.Type}, {graph.States.Count} states";
        Write($"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"machine{(_overlay.Travelled is null ? "" : " traced")}\" ");
        Write($"viewBox=\"0 0 {Number(picture.Width)} {Number(picture.Height)}\" width=\"{Number(picture.Width)}\" height=\"{Number(picture.Height)}\" ");
        // A picture is one thing to who cannot see it; with links in it, it is not.
        var role = _overlay.StateLink is null ? "img" : "group";
        Write($"role=\"{role}\" aria-label=\"{Escaped(title)}\"><title>{Escaped(title)}</title><style>{SvgStyle.Css}</style>");
        if (picture.Tray is { } tray)
            Write($"<text class=\"caption\" x=\"{Number(tray.X)}\" y=\"{Number(tray.Y + 10)}\">{Escaped(TrayCaption)}</text>");
        if (picture.Start is { } start)
            Write($"<circle class=\"start\" cx=\"{Number(start.CenterX)}\" cy=\"{Number(start.CenterY)}\" r=\"{Number(start.Width / 2)}\"/>");
        foreach (var gathered in picture.Gathered)
            Draw(gathered);

        // What was travelled lies upon the rest.
        foreach (var transition in picture.Transitions.OrderBy(transition => IsTravelled(transition.Transition)))
            Draw(transition);
        foreach (var state in picture.States)
            Draw(state);
        Write("</svg>");
    }

    void Draw(PlacedTransition placed)
    {
        var transition = placed.Transition;
        var kind = transition.Kind.ToString().ToLowerInvariant();
        var isIdle = _overlay.Uses is { } uses && (uses.GetValueOrDefault((transition.From, transition.To))?.Taken ?? 0) == 0;
        Write($"<g class=\"transition {kind}{(IsTravelled(transition) ? " travelled" : "")}{(isIdle ? " idle" : "")}\" ");
        Write($"data-from=\"{Escaped(transition.From)}\" data-to=\"{Escaped(transition.To)}\"><title>{Escaped(Tip(transition))}</title>");
        if (placed.IsLoop)
            DrawLoop(placed.Route);
        else
            DrawWay(placed.Route);
        DrawLabel(placed.Label, placed.Route.Label);
        Write("</g>");
    }

    void Draw(PlacedGathering placed)
    {
        var box = placed.Box;
        Write($"<g class=\"note transition\" data-to=\"{Escaped(placed.Gathered.To)}\"><title>{Escaped(placed.Gathered.Event)} leads from ");
        Write($"{Escaped(string.Join(", ", placed.Gathered.From))} to {Escaped(placed.Gathered.To)}</title>");
        DrawWay(placed.Route);
        DrawLabel(placed.Label, placed.Route.Label);
        Write($"<rect class=\"box\" {Rectangle(box)} rx=\"6\"/>");
        for (var line = 0; line < placed.Lines.Count; line++)
        {
            var y = box.Y + 16 + line * DiagramPicture.NoteLineHeight;
            Write($"<text x=\"{Number(box.CenterX)}\" y=\"{Number(y)}\" text-anchor=\"middle\">{Escaped(placed.Lines[line])}</text>");
        }

        Write("</g>");
    }

    void Draw(PlacedState placed)
    {
        var (card, box) = placed;
        var state = card.State;
        var isCurrent = state.Name == _overlay.Current;
        var isVisited = _overlay.Travelled?.Keys.Any(way => way.From == state.Name || way.To == state.Name) ?? false;
        var isEmpty = _overlay.Instances is { } instances && instances.GetValueOrDefault(state.Name) == 0;
        if (_overlay.StateLink is { } link)
            Write($"<a href=\"{Escaped(link + Uri.EscapeDataString(state.Name))}\">");
        Write($"<g class=\"state {state.Status}{(isVisited ? " visited" : "")}{(isCurrent ? " current" : "")}{(isEmpty ? " none" : "")}\" ");
        Write($"data-state=\"{Escaped(state.Name)}\"><title>{Escaped(Tip(state, isCurrent))}</title>");
        if (isCurrent)
            Write($"<rect class=\"halo\" {Rectangle(Grown(box, 4))} rx=\"13\"/>");
        Write($"<rect class=\"box\" {Rectangle(box)} rx=\"9\"/>");
        if (WorkflowStatus.IsEnd(state.Status))
            Write($"<rect class=\"inner\" {Rectangle(Grown(box, -3.5))} rx=\"6\"/>");
        DrawHead(card, box);
        DrawLines(card, box);
        Write($"</g>{(_overlay.StateLink is null ? "" : "</a>")}");
    }

    void DrawHead(StateCard card, Box box)
    {
        var isAlone = card.Lines.Count == 0;
        var middle = isAlone ? box.CenterY : box.Y + StateCard.HeadHeight / 2;
        var y = Number(middle + 4.5);
        var isCentred = isAlone && card.Pill is null;
        var x = isCentred ? box.CenterX : box.X + StateCard.Padding;
        Write($"<text class=\"name\" x=\"{Number(x)}\" y=\"{y}\"{(isCentred ? " text-anchor=\"middle\"" : "")}>{Escaped(card.State.Name)}</text>");
        if (card.Pill is null)
            return;

        var pill = new Box(box.Right - StateCard.Padding - card.PillWidth + 4, middle - StateCard.PillHeight / 2, card.PillWidth, StateCard.PillHeight);
        Write($"<rect class=\"pill\" {Rectangle(pill)} rx=\"9\"/>");
        Write($"<text class=\"count\" x=\"{Number(pill.CenterX)}\" y=\"{Number(middle + 4)}\" text-anchor=\"middle\">{Escaped(card.Pill)}</text>");
    }

    void DrawLines(StateCard card, Box box)
    {
        if (card.Lines.Count == 0)
            return;

        var y = box.Y + StateCard.HeadHeight;
        Write($"<line class=\"rule\" x1=\"{Number(box.X)}\" x2=\"{Number(box.Right)}\" y1=\"{Number(y)}\" y2=\"{Number(y)}\"/>");
        foreach (var line in card.Lines)
        {
            y += StateCard.LineHeight;
            Write($"<g class=\"line {line.Style}\"><title>{Escaped(line.Tip)}</title>");
            Write($"<text class=\"line {line.Style}\" x=\"{Number(box.X + StateCard.Padding)}\" y=\"{Number(y)}\">{Escaped(line.Text)}</text>");
            if (line.Aside != "")
                Write($"<text class=\"aside\" x=\"{Number(box.Right - StateCard.Padding)}\" y=\"{Number(y)}\" text-anchor=\"end\">{Escaped(line.Aside)}</text>");
            Write("</g>");
        }
    }

    void DrawWay(Route route)
    {
        var points = route.Points;
        var end = points[^1];
        var down = end.Y > points[^2].Y;
        var tip = new Point(end.X, end.Y + (down ? -Head + 1 : Head - 1));
        Write($"<path class=\"way\" d=\"M{Number(points[0].X)} {Number(points[0].Y)}");
        for (var index = 1; index < points.Count; index++)
        {
            var from = points[index - 1];
            var to = index == points.Count - 1 ? tip : points[index];
            var middle = Number((from.Y + to.Y) / 2);
            if (from.X == to.X)
                Write($"V{Number(to.Y)}");
            else
                Write($"C{Number(from.X)} {middle} {Number(to.X)} {middle} {Number(to.X)} {Number(to.Y)}");
        }

        var back = end.Y + (down ? -Head : Head);
        Write($"\"/><path class=\"head\" d=\"M{Number(end.X)} {Number(end.Y)}L{Number(end.X - 4)} {Number(back)}L{Number(end.X + 4)} {Number(back)}Z\"/>");
    }

    void DrawLoop(Route route)
    {
        var (from, to) = (route.Points[0], route.Points[^1]);
        var reach = Number(from.X + DiagramPicture.LoopWidth - 4);
        Write($"<path class=\"way\" d=\"M{Number(from.X)} {Number(from.Y)}C{reach} {Number(from.Y - 3)} {reach} {Number(to.Y + 3)} ");
        Write($"{Number(to.X + Head - 1)} {Number(to.Y)}\"/>");
        Write($"<path class=\"head\" d=\"M{Number(to.X)} {Number(to.Y)}L{Number(to.X + Head)} {Number(to.Y - 4)}V{Number(to.Y + 4)}Z\"/>");
    }

    void DrawLabel(TransitionLabel label, Box? place)
    {
        if (place is not { } box)
            return;

        Write($"<g class=\"label\"><rect {Rectangle(box)} rx=\"4\"/>");
        var y = box.Y + 12.5;
        foreach (var line in label.Lines)
        {
            Write($"<text x=\"{Number(box.CenterX)}\" y=\"{Number(y)}\">{Escaped(line)}</text>");
            y += TransitionLabel.LineHeight;
        }

        if (label.Taken is not null)
        {
            Write($"<text x=\"{Number(box.CenterX)}\" y=\"{Number(y)}\"><tspan class=\"taken\">{Escaped(label.Taken)}</tspan>");
            if (label.Failing is not null)
                Write($"<tspan class=\"failing\" dx=\"6\">{Escaped(label.Failing)}</tspan>");
            Write("</text>");
        }

        Write("</g>");
    }

    bool IsTravelled(MachineTransition transition) => _overlay.Travelled?.ContainsKey((transition.From, transition.To)) ?? false;

    static string Tip(MachineTransition transition)
    {
        var from = transition.From == MachineGraph.Start ? "The start" : transition.From;
        var events = transition.Events.Count == 0 ? "" : $": {string.Join(", ", transition.Events)}";
        return $"{from} leads to {transition.To}{events}";
    }

    string Tip(MachineState state, bool isCurrent)
    {
        var counted = _overlay.Instances is { } instances ? $", {instances.GetValueOrDefault(state.Name).ToString("N0", CultureInfo.InvariantCulture)} instances now" : "";
        return $"{state.Name} ({state.Status}){(isCurrent ? ", where the instance is" : "")}{counted}";
    }

    static Box Grown(Box box, double by) => new(box.X - by, box.Y - by, box.Width + 2 * by, box.Height + 2 * by);

    static string Rectangle(Box box) =>
        $"x=\"{Number(box.X)}\" y=\"{Number(box.Y)}\" width=\"{Number(box.Width)}\" height=\"{Number(box.Height)}\"";

    static string Escaped(string text) => HtmlEncoder.Default.Encode(text);

    static string Number(double number) => Math.Round(number, 1).ToString(CultureInfo.InvariantCulture);

    void Write(string text) => _svg.Append(text);
}
