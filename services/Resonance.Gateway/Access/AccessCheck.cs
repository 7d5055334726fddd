using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Resonance.Gateway.Access;

/// <summary>Keeps a gateway from starting that anybody could use: before it listens.</summary>
sealed class AccessCheck(AccessOptions options, IConfiguration settings, KnownKeys keys) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var reachable = ListenAddresses.Configured(settings).Where(address => !ListenAddresses.IsLoopback(address)).ToArray();
        if (options.IsConfigured || reachable.Length == 0 || await keys.AnyWasMadeAsync(cancellationToken))
            return;

        throw new OptionsValidationException(
            AccessOptions.Section, typeof(AccessOptions),
            [
                $"The gateway would listen on {string.Join(", ", reachable)}, where others than this machine reach it, and nothing says who may " +
                "come in. Do one of these: set Access:AdminKey to a secret of at least 32 characters (openssl rand -hex 32); make a key with " +
                "'Resonance.Host keys add NAME --role admin'; set Access:Authority and Access:Audience to take the tokens of an OpenID Connect " +
                "provider; or listen on loopback alone: ASPNETCORE_URLS=http://127.0.0.1:5080.",
            ]);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
