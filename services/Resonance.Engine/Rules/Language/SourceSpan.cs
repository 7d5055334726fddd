namespace Resonance.Engine.Rules.Language;

/// <summary>A part of the source text of an expression.</summary>
/// <param name="Start">Offset of its first character, from 0.</param>
/// <param name="Length">In characters.</param>
public readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>Offset of the first character behind it.</summary>
    public int End => Start + Length;

    /// <summary>The part of the source that this is.</summary>
    public string In(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source[Math.Min(Start, source.Length)..Math.Min(End, source.Length)];
    }

    internal static SourceSpan Between(int start, int end) => new(start, end - start);

    internal SourceSpan To(SourceSpan last) => Between(Start, last.End);

    /// <summary>Line and column of the first character, both from 1.</summary>
    internal (int Line, int Column) Position(string source)
    {
        var before = source.AsSpan(0, Math.Min(Start, source.Length));
        return (before.Count('\n') + 1, before.Length - before.LastIndexOf('\n'));
    }
}
