using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Resonance.Host;

/// <summary>Says at the start where the process can be reached and what it runs on.</summary>
sealed class StartupNotes(IServer server, ResonanceOptions options, IHostApplicationLifetime lifetime, StartPhase start) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() =>
        {
            start.End();
            var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            Console.Out.WriteLine(
                $"Resonance listens on {string.Join(", ", addresses)} (roles {options.Roles}; broker {options.Broker}; store {options.Store})");
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
