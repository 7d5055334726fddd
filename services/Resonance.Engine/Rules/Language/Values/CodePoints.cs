namespace Resonance.Engine.Rules.Language;

/// <summary>Strings of the language are sequences of code points; those of .NET keep some of these in two characters.</summary>
static class CodePoints
{
    /// <summary>Whether every character is a code point of its own.</summary>
    public static bool AreSimple(ReadOnlySpan<char> text) => !text.ContainsAnyInRange('\uD800', '\uDFFF');

    public static long Count(ReadOnlySpan<char> text)
    {
        if (AreSimple(text))
            return text.Length;

        var count = 0;
        for (var at = 0; at < text.Length; at += Width(text, at))
            count++;
        return count;
    }

    /// <summary>Characters that the code point at this place takes.</summary>
    public static int Width(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    /// <returns>The character that the code point begins with, one behind the last for their number; -1 when there are fewer.</returns>
    public static int Offset(ReadOnlySpan<char> text, long codePoint)
    {
        if (codePoint < 0 || codePoint > text.Length)
            return -1;
        if (AreSimple(text))
            return (int)codePoint;

        var at = 0;
        for (; codePoint > 0 && at < text.Length; codePoint--)
            at += Width(text, at);
        return codePoint == 0 ? at : -1;
    }
}
