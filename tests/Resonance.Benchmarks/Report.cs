using System.Globalization;
using System.Text.Json;

namespace Resonance.Benchmarks;

/// <summary>Prints results as tables for people, and keeps them for a file.</summary>
sealed class Report(BenchmarkOptions options)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    readonly Dictionary<string, object> _results = [];

    public void Add(ThroughputResult result)
    {
        _results["throughput"] = result;
        Table(
            $"Throughput: {options.InFlight} workflows under way, {options.Concurrency} messages an endpoint at once",
            ["variant", "round", "workflows/s", "transitions/s", "CPU ms/transition", "KB/transition", "p50 ms", "p99 ms"],
            [.. result.Rounds.Select(Line), .. result.Medians.Select(Line)]);
        Print($"{result.Medians[0].Variant} / {result.Medians[1].Variant}: {Number(result.Ratio, 2)} of its workflows/s (medians)");
        Print($"{result.Medians[0].Variant}: {Number(result.TransactionsPerTransition, 3)} database transactions a transition, "
            + $"{(result.StatementsPerTransition is { } statements ? Number(statements, 3) : "unknown number of")} statements");
    }

    public void Add(LatencyResult result)
    {
        _results["latency"] = result;
        Table(
            "Latency: one workflow at a time",
            ["variant", "p50 ms", "p99 ms"],
            [.. result.Variants.Select(variant => new[] { variant.Variant, Number(variant.P50Ms, 2), Number(variant.P99Ms, 2) }),
                ["four bare commits", Number(result.FourCommitsP50Ms, 2), ""]]);
        var first = result.Variants[0];
        Print($"{first.Variant}: p50 {Number(first.P50Ms, 2)} ms, {(first.P50Ms <= result.BoundMs ? "within" : "above")} the bound of "
            + $"{Number(result.BoundMs, 2)} ms ({result.Variants[1].Variant} p50 + 1.25 x four commits)");
    }

    public void Add(MemoryResult result)
    {
        _results["memory"] = result;
        Table(
            "Memory",
            ["workflows", "heap MB", "working set MB"],
            [.. result.Tenths.Select(tenth => new[]
            {
                Number(tenth.Workflows, 0), Number(tenth.HeapMb, 1), Number(tenth.WorkingSetMb, 1),
            })]);
        Print($"{(result.Flat ? "Flat" : "Not flat")}: last tenth over second tenth is {Number(result.HeapGrowth, 2)} of the heap, "
            + $"{Number(result.WorkingSetGrowth, 2)} of the working set");
    }

    public void Add(RulesResult result)
    {
        _results["rules"] = result;
        Table(
            "Rules: one evaluation, on one core",
            ["rule", "evaluated by", "ns", "bytes allocated", "x ours"],
            [.. result.Figures.Select(figure => new[]
            {
                figure.Rule, figure.Variant, Number(figure.Nanoseconds, 1), Number(figure.AllocatedBytes, 0), Number(figure.Ratio, 2),
            })]);
        Print($"{Number(result.LoadedRules, 0)} rules loaded in {Number(result.LoadMs, 0)} ms");
        Print($"{Number(result.Reevaluated, 0)} recorded evaluations run again in {Number(result.ReevaluationMs, 0)} ms");
    }

    public void Add(FiguresResult result)
    {
        _results["figures"] = result;
        Table(
            $"Figures of the audit on {result.Store}: {Number(result.Steps, 0)} steps over a day",
            ["window", "p50 ms", "p99 ms", "CPU ms"],
            [.. result.Windows.Select(window => new[]
            {
                window.Window, Number(window.P50Ms, 1), Number(window.P99Ms, 1), Number(window.CpuMs, 1),
            })]);
        Print($"{Number(result.StepsPerSecond, 0)} steps/s counted");
    }

    public void Add(QueueResult result)
    {
        _results["queue"] = result;
        Table(
            "Work queue: 1 KB items in 1,000 groups, sent by 4 in batches of 10, 16 consumers",
            ["variant", "round", "items/s", "p50 ms", "p99 ms"],
            [.. result.Rounds.Concat(result.Medians).Select(round => new[]
            {
                round.Variant, round.Round == 0 ? "median" : Number(round.Round, 0), Number(round.ItemsPerSecond, 0),
                Number(round.P50Ms, 1), Number(round.P99Ms, 1),
            })]);
        Print($"work queue / plain table: {Number(result.OverPlain, 2)}; / plain table in batches: {Number(result.OverPlainBatches, 2)}");
        Print($"{result.Medians[4].Variant} / {result.Medians[3].Variant}: {Number(result.ManyOverFew, 2)}");
        Print($"Table of items when all is done: {result.Bloat}");
    }

    public void Add(AdmissionResult result)
    {
        _results["admission"] = result;
        Table(
            $"Admission: {options.InFlight} workflows under way, {options.Concurrency} messages an endpoint at once",
            ["variant", "round", "workflows/s", "transitions/s", "CPU ms/transition", "KB/transition", "p50 ms", "p99 ms"],
            [.. result.Rounds.Select(Line), .. result.Medians.Select(Line)]);
        Print($"{result.Medians[1].Variant} / {result.Medians[0].Variant}: "
            + $"{Number(result.Medians[1].WorkflowsPerSecond / result.Medians[0].WorkflowsPerSecond, 2)} of its workflows/s (medians)");
    }

    public void Add(AuditResult result)
    {
        _results["audit"] = result;
        Table(
            $"Audit: {options.InFlight} workflows under way, its role in the same process",
            ["variant", "round", "workflows/s", "transitions/s", "CPU ms/transition", "KB/transition", "p50 ms", "p99 ms"],
            [.. result.Rounds.Select(Line), .. result.Medians.Select(Line)]);
        CompareWithFirst(result.Medians);
    }

    void CompareWithFirst(IReadOnlyList<ThroughputRound> medians)
    {
        foreach (var median in medians)
        {
            Print($"{median.Variant}: {Number(median.WorkflowsPerSecond / medians[0].WorkflowsPerSecond, 3)} of the workflows/s without, "
                + $"{Number(median.CpuMsPerTransition / medians[0].CpuMsPerTransition, 3)} of the CPU a transition (medians)");
        }
    }

    public void Add(TelemetryResult result)
    {
        _results["telemetry"] = result;
        Table(
            $"Telemetry: {options.InFlight} workflows under way, OTLP to another process on this machine",
            ["traced", "round", "workflows/s", "transitions/s", "CPU ms/transition", "KB/transition", "p50 ms", "p99 ms"],
            [.. result.Rounds.Select(Line), .. result.Medians.Select(Line)]);
        CompareWithFirst(result.Medians);
        Print($"{Number(result.SpansPerWorkflow, 1)} spans a workflow that is traced; {Number(result.MegabytesSent, 1)} MB arrived in all");
    }

    /// <summary>Writes what was added to the file that the command line names, if it names one.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (options.Json is not { } file)
            return;

        await using var stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, _results, Json, cancellationToken);
    }

    static string[] Line(ThroughputRound round) =>
    [
        round.Variant, round.Round == 0 ? "median" : Number(round.Round, 0), Number(round.WorkflowsPerSecond, 0),
        Number(round.TransitionsPerSecond, 0), Number(round.CpuMsPerTransition, 3), Number(round.AllocatedKbPerTransition, 1),
        Number(round.LatencyP50Ms, 1), Number(round.LatencyP99Ms, 1),
    ];

    static void Table(string title, string[] head, string[][] lines)
    {
        var widths = head.Select((name, column) => lines.Append(head).Max(line => line[column].Length)).ToArray();
        Print("");
        Print(title);
        Print("");
        Print(Align(head));
        Print(string.Join("  ", widths.Select(width => new string('-', width))));
        foreach (var line in lines)
            Print(Align(line));
        Print("");

        // Names to the left, numbers to the right.
        string Align(string[] line) => string.Join("  ", line.Select((cell, column) =>
            column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])));
    }

    static void Print(string line) => Console.WriteLine(line);

    static string Number(double value, int decimals) => value.ToString($"N{decimals}", CultureInfo.InvariantCulture);
}
