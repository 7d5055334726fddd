using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Resonance.Contracts;
using Resonance.Workflows.Cards;

namespace Resonance.Workflows.Reconciliation;

/// <summary>
/// Reads a provider's statement (<see cref="StatementFormat"/>) line by line: what it holds in memory does not grow with the file.
/// </summary>
/// <remarks>Reading throws a <see cref="CsvHelperException"/> where a value is longer than any could be.</remarks>
sealed class StatementReader : IDisposable
{
    const int TextMax = 500;
    const int IdMax = 128;
    const decimal AmountMax = 1_000_000_000_000m;

    // A file that is no statement, a picture perhaps, may go on without a comma or a line break.
    const int ValueMax = 10_000;

    static readonly CurrencyCodeAttribute CurrencyCode = new();

    readonly StreamReader _text;
    readonly CsvParser _csv;
    int[] _columns = [];
    int _widest;

    public StatementReader(Stream statement)
    {
        _text = new StreamReader(statement, Encoding.UTF8);
        _csv = new CsvParser(_text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            // A quote means nothing to it, so that one that is never closed does not make one line of all that follow.
            Mode = CsvMode.NoEscape,
            Delimiter = ",",
            MaxFieldSize = ValueMax,
        });
    }

    /// <summary>Reads the first line, which names the columns.</summary>
    /// <returns>Why it is no statement, in words; null when it is one.</returns>
    public async Task<string?> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!await _csv.ReadAsync())
            return "The statement is empty; its first line must name the columns.";

        var names = _csv.Record!.Select(Unquoted).ToArray();
        _columns = [.. StatementFormat.Columns.Select(column => Array.IndexOf(names, column))];
        _widest = _columns.Max();
        var missing = StatementFormat.Columns.Where((_, index) => _columns[index] < 0).ToArray();
        return missing.Length == 0
            ? null
            : $"The first line of the statement must name the columns {string.Join(", ", StatementFormat.Columns)}; it lacks " +
                $"{string.Join(", ", missing)}.";
    }

    /// <summary>Reads what follows the first line.</summary>
    public async IAsyncEnumerable<StatementEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _csv.ReadAsync())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return ReadLine();
        }
    }

    public void Dispose()
    {
        _csv.Dispose();
        _text.Dispose();
    }

    StatementEntry ReadLine()
    {
        if (_csv.Count <= _widest)
            return Unreadable($"it has {_csv.Count} values, and {_widest + 1} are needed");

        var (operation, id, amountText, currency, timeText) = (Value(0), Value(1), Value(2), Value(3), Value(4));
        if (operation is not ("capture" or "refund"))
            return Unreadable($"{StatementFormat.Operation} must be capture or refund");
        if (id.Length is 0 or > IdMax || id.Any(char.IsControl))
            return Unreadable($"{StatementFormat.CaptureId} must have 1 to {IdMax} letters");
        if (!decimal.TryParse(amountText, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            || amount is <= 0 or > AmountMax || decimal.Round(amount, 4) != amount)
            return Unreadable($"{StatementFormat.Amount} must be a number above 0 with four decimals at most");
        if (!CurrencyCode.IsValid(currency))
            return Unreadable($"{StatementFormat.Currency} must be a code of ISO 4217");
        if (!DateTimeOffset.TryParseExact(
                timeText, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                out var recordedAt))
            return Unreadable($"{StatementFormat.RecordedAt} must be a time of ISO 8601");
        return new StatementLine(_csv.RawRow, operation, id, StoredForms.OfAmount(amount), currency, recordedAt);
    }

    string Value(int column) => Unquoted(_csv[_columns[column]]);

    static string Unquoted(string value) => value is ['"', .. var inner, '"'] ? inner : value.Trim();

    UnreadableLine Unreadable(string problem)
    {
        var text = _csv.RawRecord.AsSpan().TrimEnd("\r\n");
        if (text.Length > TextMax)
            text = text[..TextMax];

        // Postgres has no form for U+0000 nor for half a character, and people none for the other control characters.
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            shown.Append(Rune.IsControl(rune) ? Rune.ReplacementChar : rune);
        return new UnreadableLine(_csv.RawRow, shown.ToString(), problem);
    }
}

/// <summary>A line of a statement.</summary>
/// <param name="Number">1 for the first line of the file.</param>
abstract record StatementEntry(long Number);

/// <summary>A capture or a refund.</summary>
/// <param name="Number">1 for the first line of the file.</param>
/// <param name="Operation"><c>capture</c> or <c>refund</c>.</param>
/// <param name="CaptureId">The provider's id of the capture.</param>
/// <param name="Amount">As stored, see <see cref="StoredForms"/>.</param>
/// <param name="Currency">ISO 4217 alphabetic code.</param>
/// <param name="RecordedAt">When it was done.</param>
sealed record StatementLine(
    long Number, string Operation, string CaptureId, long Amount, string Currency, DateTimeOffset RecordedAt) : StatementEntry(Number);

/// <summary>A line that says nothing that could be compared.</summary>
/// <param name="Number">1 for the first line of the file.</param>
/// <param name="Text">The line, its first 500 letters.</param>
/// <param name="Problem">What is wrong with it.</param>
sealed record UnreadableLine(long Number, string Text, string Problem) : StatementEntry(Number);
