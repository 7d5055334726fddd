namespace Resonance.Cli.Output;

/// <summary>Rows under headings. Cells are markup.</summary>
sealed class Sheet(params string[] columns)
{
    readonly List<string[]> _rows = [];

    public IReadOnlyList<string> Columns => columns;

    public IReadOnlyList<IReadOnlyList<string>> Rows => _rows;

    /// <summary>Columns of numbers, which stand to the right.</summary>
    public HashSet<string> Numbers { get; init; } = [];

    public void Add(params string[] cells)
    {
        if (cells.Length != columns.Length)
            throw new ArgumentException($"A row has {columns.Length} cells, this one {cells.Length}.", nameof(cells));
        _rows.Add(cells);
    }
}
