using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts.Reporting;

/// <summary>What a report is about: every workflow, or the type of one.</summary>
public static class ReportKinds
{
    /// <summary>The figures of every workflow.</summary>
    public const string Workflows = "workflows";
}

/// <summary>How a report is written down.</summary>
public static class ReportFormats
{
    /// <summary>Comma-separated values (RFC 4180), a header and a line for each workflow.</summary>
    public const string Csv = "csv";

    /// <summary>One page that needs nothing from elsewhere.</summary>
    public const string Html = "html";
}

/// <summary>The text is <c>workflows</c> or has the form of a workflow's type: 1 to 64 lower case letters, digits and hyphens.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ReportKindAttribute() : ValidationAttribute(
    $"The field {{0}} must be '{ReportKinds.Workflows}' or the type of a workflow: lower case letters, digits and hyphens.")
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is not string text
        || (text.Length is > 0 and <= 64
            && text.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'));
}

/// <summary>The text is a name of <see cref="ReportFormats"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ReportFormatAttribute() : ValidationAttribute(
    $"The field {{0}} must be one of {ReportFormats.Csv}, {ReportFormats.Html}.")
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is null or ReportFormats.Csv or ReportFormats.Html;
}

/// <summary>A period as reports know it: it ends after it begins, and lasts at most <see cref="DaysMax"/> days.</summary>
public static class ReportPeriod
{
    /// <summary>Longest period in days: a leap year.</summary>
    public const int DaysMax = 366;

    /// <summary>What is wrong with a period, field by field.</summary>
    /// <param name="from">Its first moment.</param>
    /// <param name="to">The moment after its last.</param>
    public static IEnumerable<ValidationResult> Check(DateTimeOffset from, DateTimeOffset to)
    {
        if (to <= from)
            yield return new ValidationResult("The period must end after it begins.", ["To"]);
        else if (to - from > TimeSpan.FromDays(DaysMax))
            yield return new ValidationResult($"The period may last {DaysMax} days at most.", ["To"]);
    }
}
