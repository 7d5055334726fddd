using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Resonance.Engine.Storage.Queries;

/// <summary>How a value of an instance's data is compared.</summary>
public enum DataOperator
{
    /// <summary>It is the value.</summary>
    Eq,

    /// <summary>It is there, and is not the value.</summary>
    Ne,

    /// <summary>It is more.</summary>
    Gt,

    /// <summary>It is not less.</summary>
    Ge,

    /// <summary>It is less.</summary>
    Lt,

    /// <summary>It is not more.</summary>
    Le,

    /// <summary>It is there, though it may be null.</summary>
    Exists,
}

/// <summary>A part of a path: a member of an object, or an item of a list.</summary>
/// <param name="Name">The member; null for an item.</param>
/// <param name="Index">The item, from 0.</param>
public readonly record struct DataPathPart(string? Name, int Index);

/// <summary>
/// One condition on an instance's data, e.g. <c>$.customerId eq "C-1"</c>, <c>$.lines[0].quantity ge 3</c> or <c>$.couponCode exists</c>.
/// Text is compared by its code points, numbers as numbers; a value of another type never meets a comparison other than <c>ne</c>.
/// </summary>
/// <param name="Path">From the root; never empty.</param>
/// <param name="Operator">How it is compared.</param>
/// <param name="Value">A text, number, true, false or null; undefined with <see cref="DataOperator.Exists"/>.</param>
public sealed record DataCondition(IReadOnlyList<DataPathPart> Path, DataOperator Operator, JsonElement Value)
{
    /// <summary>Most characters of a condition.</summary>
    public const int LengthMax = 500;

    /// <summary>Most parts of a path.</summary>
    public const int PartsMax = 10;

    /// <param name="text">What somebody wrote.</param>
    /// <param name="condition">The condition; null when it is none.</param>
    /// <param name="problem">What is wrong and where, for people; null when nothing is.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out DataCondition? condition, [NotNullWhen(false)] out string? problem)
    {
        condition = null;
        problem = text.Length > LengthMax ? $"a condition has {LengthMax} characters at most." : null;
        if (problem is null)
            condition = new DataConditionReader(text).Read(out problem);
        return condition is not null;
    }
}
