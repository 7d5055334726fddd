using System.Globalization;

namespace Resonance.Benchmarks;

/// <summary>What the command line asks for.</summary>
/// <param name="Mode">
/// <c>throughput</c>, <c>latency</c>, <c>memory</c>, <c>rules</c>, <c>figures</c>, <c>telemetry</c>, <c>audit</c>, <c>queue</c>,
/// <c>admission</c> or <c>all</c>.
/// </param>
/// <param name="Workflows">Workflows of a round, or of the run where there are no rounds; null for what the mode does by itself.</param>
/// <param name="Rounds">Rounds of each variant.</param>
/// <param name="InFlight">Workflows under way at once, where not one at a time is measured.</param>
/// <param name="Concurrency">Messages that an endpoint takes from the broker and handles at once.</param>
/// <param name="Waiting">Items that wait in the fullest queue.</param>
/// <param name="Json">File that gets the figures; null for none.</param>
sealed record BenchmarkOptions(string Mode, int? Workflows, int Rounds, int InFlight, int Concurrency, int Waiting, string? Json)
{
    public const string Usage =
        """
        dotnet run -c Release --project tests/Resonance.Benchmarks -- MODE
            [--workflows N] [--rounds N] [--in-flight N] [--concurrency N] [--waiting N] [--json FILE]

          throughput   as many workflows as go, the variants in turns          5,000 workflows a round, 3 rounds
          latency      one workflow at a time, beside bare commits             300 workflows of each variant
          memory       many workflows through one process: is it flat?         100,000 workflows
          rules        the rule language beside two packages           21 rounds at least
          figures      what the audit's figures cost to keep and to read            1,000,000 workflows over a day
          audit        without and with the audit, and with a tenth traced, in turns        5,000 workflows a round, 3 rounds
          telemetry    tracing off, for 10 % and for 100 % of the workflows, in turns       5,000 workflows a round, 3 rounds
          queue        work queues beside a plain table of SKIP LOCKED, in turns            20,000 items a round, 3 rounds
          admission    a workflow without admission and with it, in turns        5,000 workflows a round, 3 rounds
          all          all nine

        The servers, which rules does without, and figures and telemetry if need be (then on SQLite and the broker in memory):
        RESONANCE_TEST_POSTGRES, RESONANCE_TEST_RABBITMQ and RESONANCE_TEST_RABBITMQ_MANAGEMENT, as './test servers' prints them.
        """;

    static readonly string[] Modes = ["throughput", "latency", "memory", "rules", "figures", "telemetry", "audit", "queue", "admission", "all"];

    public bool Runs(string mode) => Mode == mode || Mode == "all";

    /// <returns>Null when the arguments make no sense.</returns>
    public static BenchmarkOptions? Parse(string[] arguments)
    {
        if (arguments is not [var mode, .. var settings] || !Modes.Contains(mode) || settings.Length % 2 != 0)
            return null;

        var options = new BenchmarkOptions(mode, Workflows: null, Rounds: 3, InFlight: 500, Concurrency: 64, Waiting: 1_000_000, Json: null);
        foreach (var pair in settings.Chunk(2))
        {
            if (options.With(pair[0], pair[1]) is not { } changed)
                return null;
            options = changed;
        }

        return options;
    }

    BenchmarkOptions? With(string name, string value)
    {
        if (name == "--json")
            return this with { Json = value };
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            return null;

        return name switch
        {
            "--workflows" => this with { Workflows = number },
            "--rounds" => this with { Rounds = number },
            "--in-flight" => this with { InFlight = number },
            "--waiting" => this with { Waiting = number },
            "--concurrency" => this with { Concurrency = number },
            _ => null,
        };
    }
}
