using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Resonance.Contracts.Payments;
using Resonance.Engine.Definitions;
using Resonance.Engine.Rules;
using Resonance.Engine.RuleSets;
using Resonance.Engine.Steps;
using Resonance.Engine.Storage;
using Resonance.Engine.Storage.Sqlite;
using Xunit;

namespace Resonance.Tests.Engine.RuleSets;

/// <summary>What the rules of these tests are about.</summary>
sealed record LoanFacts(long Score, double Amount, string Currency, IReadOnlyList<long> Incomes);

/// <summary>A database and a rules folder, and the processes that run on them, as far as rules are concerned.</summary>
sealed class RuleSetInstallation : IAsyncDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("resonance-rules-");
    readonly List<RuleSetProcess> _processes = [];

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 4, 9, 15, 43, TimeSpan.Zero));

    public string RulesFolder => Path.Combine(_folder.FullName, "rules");

    string ConnectionString => $"Data Source={Path.Combine(_folder.FullName, "rules.db")};Pooling=False";

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>A rule as the code of one release has it.</summary>
    public static Rule<LoanFacts> GoodCredit(string expression = "score >= 600") =>
        new("good_credit", expression, "Who gets a loan at all.", "the credit is not good enough");

    /// <summary>Another one.</summary>
    public static Rule<LoanFacts> SmallLoan(string expression = "amount <= 1000.0") =>
        new("small_loan", expression, "Which loans nobody looks at.", "the loan is too large");

    public async Task WriteAsync(string file, string yaml)
    {
        Directory.CreateDirectory(RulesFolder);
        await File.WriteAllTextAsync(Path.Combine(RulesFolder, file), yaml, Cancel);
    }

    /// <summary>Starts a process whose code has one workflow, <c>loan</c>, with these rules.</summary>
    public async Task<RuleSetProcess> StartAsync(params Rule[] rules)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSqliteStore(new SqliteOptions { ConnectionString = ConnectionString });
        services.AddSingleton<StorePatience>();
        services.AddSingleton(new WorkflowCatalog([Loan(rules)]));
        services.AddSingleton(new RuleSetOptions { Directory = RulesFolder });
        services.AddRuleSets();
        var process = new RuleSetProcess(services.BuildServiceProvider());
        _processes.Add(process);
        await process.StartAsync(Cancel);
        return process;
    }

    /// <summary>Every version that is stored, such as <c>good_credit 1 code: score >= 600</c>.</summary>
    public Task<IReadOnlyList<string>> StoredAsync() => QueryAsync(
        "SELECT name || ' ' || number || ' ' || origin || ': ' || expression FROM rule_version ORDER BY name, number");

    /// <summary>The first column of what a statement gives, past every process.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string sql)
    {
        await using var connection = new SqliteConnection(ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var lines = new List<string>();
        while (await reader.ReadAsync(Cancel))
            lines.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        return lines;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    static WorkflowDescription Loan(IReadOnlyList<Rule> rules) => new()
    {
        Type = "loan",
        KeyPrefix = "LOAN",
        StartContract = typeof(StartPayment),
        IdOf = start => ((StartPayment)start).PaymentId,
        KeyOf = _ => null,
        PriorityOf = _ => 0,
        States = ["Pending"],
        Situation = _ => throw new NotSupportedException(),
        Problems = (_, _) => throw new NotSupportedException(),
        WhyStranded = _ => throw new NotSupportedException(),
        StatusIn = _ => WorkflowStatus.Running,
        Rules = rules,
        Hash = "",
        Diagram = "",
    };
}

/// <summary>A process that has rules, and nothing else.</summary>
sealed class RuleSetProcess(ServiceProvider services) : IAsyncDisposable
{
    public RuleBook Book => services.GetRequiredService<RuleBook>();

    public RulePublisher Publisher => services.GetRequiredService<RulePublisher>();

    /// <summary>A rule of the workflow <c>loan</c>.</summary>
    public WorkflowRule Rule(string name) => Book.Find("loan", name)!;

    /// <summary>The version that decides in this process, such as <c>2: score >= 700</c>.</summary>
    public string Decides(string name) => $"{Rule(name).Rule.Version.Number}: {Rule(name).Rule.Version.Text.Expression}";

    public Task<PublishResult> PublishAsync(string name, string expression, int? basedOn = null) => Publisher.PublishAsync(
        Rule(name),
        new RulePublication(expression, null, null, "Ada", "the board decided", basedOn),
        TestContext.Current.CancellationToken);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await services.GetRequiredService<IWorkflowStore>().MigrateAsync(cancellationToken);
        foreach (var service in services.GetServices<IHostedService>().OfType<IHostedLifecycleService>())
            await service.StartingAsync(cancellationToken);
        foreach (var service in services.GetServices<IHostedService>())
            await service.StartAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in services.GetServices<IHostedService>().Reverse())
            await service.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
    }
}
