using System.Text.Json;
using Resonance.Cli.Api;
using Spectre.Console;

namespace Resonance.Cli.Output;

/// <summary>Shows things: with frames and colours to a person, in bare columns to a program.</summary>
sealed class Screen(IAnsiConsole console, bool rich, TimeProvider clock)
{
    const string ColumnGap = "  ";

    /// <summary>Whether a person looks at it.</summary>
    public bool IsRich => rich;

    /// <summary>A line of markup.</summary>
    public void Say(string markup = "") => console.MarkupLine(markup);

    /// <summary>A text as it is, for programs.</summary>
    public void Raw(string text) => console.Profile.Out.Writer.Write(text);

    public void Json(JsonElement answer) => Raw($"{answer.Pretty()}\n");

    /// <summary>How long ago.</summary>
    public string Ago(DateTimeOffset? time)
    {
        if (time is not { } then)
            return "";

        // Two clocks never agree to the second.
        var ago = Rough(clock.GetUtcNow() - then);
        return ago == TimeSpan.Zero ? "just now" : ago > TimeSpan.Zero ? $"{Words.Duration(ago)} ago" : $"in {Words.Duration(-ago)}";
    }

    /// <summary>A table; a program gets one row a line, with its columns below their headings.</summary>
    public void Show(Sheet sheet)
    {
        if (rich)
            console.Write(TableOf(sheet));
        else
            Raw(ColumnsOf(sheet));
    }

    public void Show(Outline outline)
    {
        if (rich)
        {
            var tree = new Tree(outline.Text) { Guide = TreeGuide.Line };
            foreach (var below in outline.Below)
                Grow(tree, below);
            console.Write(tree);
        }
        else
        {
            Indent(outline, "");
        }
    }

    /// <summary>Shows how far a work is while it goes on; a program is not bothered with it.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="work">Does it, and tells how much of how much is done.</param>
    public async Task<T> FollowAsync<T>(string title, Func<Action<long, long>, Task<T>> work)
    {
        if (!rich)
            return await work((_, _) => { });

        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(progress =>
            {
                var task = progress.AddTask(Markup.Escape(title));
                return work((done, all) =>
                {
                    task.MaxValue = Math.Max(1, all);
                    task.Value = done;
                });
            });
    }

    static TimeSpan Rough(TimeSpan span) => TimeSpan.FromSeconds(Math.Truncate(span.TotalSeconds));

    static Table TableOf(Sheet sheet)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var column in sheet.Columns)
        {
            var header = new TableColumn($"[bold]{Markup.Escape(column)}[/]");
            // What a row is named by is what one copies.
            header.NoWrap = table.Columns.Count == 0;
            table.AddColumn(sheet.Numbers.Contains(column) ? header.RightAligned() : header);
        }

        foreach (var row in sheet.Rows)
            table.AddRow([.. row]);
        return table;
    }

    static string ColumnsOf(Sheet sheet)
    {
        var rows = sheet.Rows.Select(row => row.Select(Markup.Remove).ToArray()).Prepend([.. sheet.Columns]).ToArray();
        var widths = Enumerable.Range(0, sheet.Columns.Count).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var lines = rows.Select(row => string.Join(ColumnGap, row.Select((cell, column) =>
            sheet.Numbers.Contains(sheet.Columns[column]) ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]))).TrimEnd());
        return string.Concat(lines.Select(line => $"{line}\n"));
    }

    static void Grow(IHasTreeNodes parent, Outline outline)
    {
        var node = parent.AddNode(outline.Text);
        foreach (var below in outline.Below)
            Grow(node, below);
    }

    void Indent(Outline outline, string margin)
    {
        Raw($"{margin}{Markup.Remove(outline.Text)}\n");
        foreach (var below in outline.Below)
            Indent(below, $"{margin}  ");
    }
}
