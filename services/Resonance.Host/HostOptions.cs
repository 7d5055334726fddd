using System.ComponentModel.DataAnnotations;

namespace Resonance.Host;

/// <summary>What a process of Resonance is; section <c>Resonance</c> of the configuration.</summary>
sealed class ResonanceOptions
{
    /// <summary>Section name.</summary>
    public const string Section = "Resonance";

    /// <summary>Where messages travel: <c>memory</c> or <c>rabbitmq</c>.</summary>
    [Required, AllowedValues("memory", "rabbitmq", ErrorMessage = "Resonance:Broker must be 'memory' or 'rabbitmq'.")]
    public string Broker { get; set; } = "memory";

    /// <summary>Where state lives: <c>sqlite</c> or <c>postgres</c>.</summary>
    [Required, AllowedValues("sqlite", "postgres", ErrorMessage = "Resonance:Store must be 'sqlite' or 'postgres'.")]
    public string Store { get; set; } = "sqlite";

    /// <summary>What this process does: some of <c>engine</c>, <c>workers</c>, <c>audit</c>, <c>gateway</c>, separated by commas.</summary>
    [Required]
    public string Roles { get; set; } = "engine,workers,audit,gateway";

    /// <summary>Folder of the SQLite file.</summary>
    public string DataDirectory { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "resonance");

    /// <summary>Whether the process brings the schema up to date when it starts; when not, it waits until somebody did.</summary>
    public bool Migrate { get; set; } = true;

    /// <summary>Whether the audit trail of the steps that this process takes is printed to standard output.</summary>
    public bool Trail { get; set; } = true;

    /// <summary>
    /// Whether each commit is told of by a <c>StepsCommitted</c> event. Without it the audit fills its ledger from the journal, seconds later.
    /// </summary>
    public bool PublishSteps { get; set; } = true;

    /// <summary>Whether an installation begins with the schedules of the workflows that ship; what was stored once is not touched.</summary>
    public bool DefaultSchedules { get; set; } = true;

    /// <summary>
    /// How long the process that committed a message has to send it before any other may: so long does what a dead process left behind
    /// lie still. With the broker in memory there is no other process, and a restart ends every lease.
    /// </summary>
    /// <value>30 s by default; 1 s to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages that one endpoint handles at once.</summary>
    /// <value>64 by default; 1 to 1,000.</value>
    [Range(1, 1000)]
    public int Concurrency { get; set; } = 64;

    /// <summary>The roles, one by one.</summary>
    public IReadOnlySet<string> RoleSet => Roles.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .ToHashSet(StringComparer.Ordinal);
}

/// <summary>How to reach RabbitMQ; section <c>RabbitMq</c>.</summary>
sealed class RabbitMqOptions
{
    /// <summary>Section name.</summary>
    public const string Section = "RabbitMq";

    /// <summary>Name or address.</summary>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>AMQP port.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 5672;

    /// <summary>Virtual host.</summary>
    [Required]
    public string VirtualHost { get; set; } = "/";

    /// <summary>User.</summary>
    [Required]
    public string Username { get; set; } = "guest";

    /// <summary>Password.</summary>
    public string Password { get; set; } = "guest";
}

/// <summary>The stream of orders that <c>--demo</c> submits; section <c>Demo</c>.</summary>
sealed class DemoOptions
{
    /// <summary>Section name.</summary>
    public const string Section = "Demo";

    /// <summary>Orders a second.</summary>
    /// <value>1 by default; above 0, up to 1,000.</value>
    [Range(0.001, 1000)]
    public double OrdersPerSecond { get; set; } = 1;

    /// <summary>Orders in all; 0 for no end.</summary>
    [Range(0, int.MaxValue)]
    public int Orders { get; set; }

    /// <summary>Share of orders that are out of stock.</summary>
    [Range(0, 1.0)]
    public double OutOfStock { get; set; } = 0.1;

    /// <summary>Share of orders whose card is declined.</summary>
    [Range(0, 1.0)]
    public double Declined { get; set; } = 0.1;

    /// <summary>Share of orders whose card provider does not answer at first.</summary>
    [Range(0, 1.0)]
    public double TimeOut { get; set; } = 0.15;

    /// <summary>Share of orders that shipping refuses, so that a captured payment is given back.</summary>
    [Range(0, 1.0)]
    public double NoShipping { get; set; } = 0.05;
}
