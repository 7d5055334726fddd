using System.Collections.Immutable;
using System.Globalization;

namespace Resonance.AcceptanceTests.Support;

/// <summary>The environment and the arguments that a <see cref="HostProcess"/> is started with.</summary>
sealed record HostSettings
{
    HostSettings(ImmutableDictionary<string, string> environment) => Environment = environment;

    public ImmutableDictionary<string, string> Environment { get; private init; }

    public ImmutableArray<string> Arguments { get; private init; } = [];

    /// <summary>The executable.</summary>
    public string Assembly { get; private init; } = HostBuild.Assembly;

    /// <summary>Broker in memory, SQLite below <paramref name="directory"/>: everything in one process.</summary>
    public static HostSettings Embedded(TestDirectory directory) => new(ImmutableDictionary.CreateRange<string, string>(
    [
        new("Resonance__Broker", "memory"),
        new("Resonance__Store", "sqlite"),
        new("Resonance__DefaultSchedules", "false"),
        new("Resonance__DataDirectory", directory.Path),
    ]));

    /// <summary>RabbitMQ and Postgres.</summary>
    public static HostSettings OnServers(TestDatabase database, TestBroker broker) => new(ImmutableDictionary.CreateRange<string, string>(
    [
        new("Resonance__Broker", "rabbitmq"),
        new("Resonance__Store", "postgres"),
        new("Resonance__DefaultSchedules", "false"),
        new("Resonance__DataDirectory", database.DataDirectory),
        new("ConnectionStrings__Postgres", database.ConnectionString),
        new("RabbitMq__Host", broker.Address.Host),
        new("RabbitMq__Port", broker.Address.Port.ToString(CultureInfo.InvariantCulture)),
        new("RabbitMq__VirtualHost", broker.VirtualHost),
        new("RabbitMq__Username", broker.Address.UserName),
        new("RabbitMq__Password", broker.Address.Password),
    ]));

    /// <summary>Sets one variable, for example <c>Resonance__Roles</c> to <c>engine</c>.</summary>
    public HostSettings With(string variable, string value) => this with { Environment = Environment.SetItem(variable, value) };

    /// <summary>Has the host kill itself with SIGKILL when a point of the step is passed for the nth time.</summary>
    /// <param name="point">Name of a point, see <see cref="Engine.Steps.StepPoint"/>.</param>
    /// <param name="nth">1 for the first time.</param>
    /// <param name="linger">How long after that the process lives on.</param>
    public HostSettings WithFault(string point, int nth, TimeSpan linger = default) =>
        (this with { Assembly = HostBuild.FaultyAssembly })
        .With("RESONANCE_FAULT_POINT", point)
        .With("RESONANCE_FAULT_NTH", nth.ToString(CultureInfo.InvariantCulture))
        .With("RESONANCE_FAULT_LINGER", linger.ToString("c", CultureInfo.InvariantCulture));

    /// <summary>Adds arguments, for example <c>--demo</c>.</summary>
    public HostSettings WithArguments(params ReadOnlySpan<string> arguments) => this with { Arguments = Arguments.AddRange(arguments) };
}
