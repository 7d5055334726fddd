using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Resonance.Benchmarks;

/// <summary>One way of running the checkout: a host of its own in this process, its bus up and its queues bound.</summary>
sealed class Variant : IAsyncDisposable
{
    readonly IHost _host;

    Variant(string name, IHost host)
    {
        Name = name;
        _host = host;
        Bus = host.Services.GetRequiredService<IBus>();
        Completions = host.Services.GetRequiredService<Completions>();
    }

    public string Name { get; }

    public IBus Bus { get; }

    public Completions Completions { get; }

    public static async Task<Variant> StartAsync(string name, Action<IServiceCollection> configure, CancellationToken cancellationToken)
    {
        // Empty: no settings, environment or console of the machine shall reach what is measured.
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<Completions>();
        builder.Services.Configure<MassTransitHostOptions>(bus => bus.WaitUntilStarted = true);
        configure(builder.Services);
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new Variant(name, host);
    }

    /// <summary>Publishes one start; its end shows in <see cref="Completions"/>.</summary>
    public Task SubmitAsync(Guid id, CancellationToken cancellationToken) =>
        Bus.Publish(new SubmitCheckout(id, $"customer-{id:N}", "SKU-1001", Quantity: 2, Amount: 59.90m), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
