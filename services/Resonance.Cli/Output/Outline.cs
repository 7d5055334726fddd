namespace Resonance.Cli.Output;

/// <summary>A line with lines below it. Texts are markup.</summary>
sealed class Outline(string text)
{
    readonly List<Outline> _below = [];

    public string Text => text;

    public IReadOnlyList<Outline> Below => _below;

    public Outline Add(string line)
    {
        var added = new Outline(line);
        _below.Add(added);
        return added;
    }
}
