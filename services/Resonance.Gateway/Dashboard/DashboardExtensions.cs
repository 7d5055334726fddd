using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using MudBlazor.Services;
using Resonance.Gateway.Access;
using Resonance.Gateway.Dashboard.Instances;
using Resonance.Gateway.Dashboard.Live;
using Resonance.Gateway.Dashboard.Machines;
using Resonance.Gateway.Dashboard.Verification;

namespace Resonance.Gateway.Dashboard;

/// <summary>The dashboard: pages that the server renders and pushes to the browser.</summary>
public static class DashboardExtensions
{
    /// <summary>Adds what the pages need of their own; what they show is the engine's and the audit's to add.</summary>
    public static IServiceCollection AddResonanceDashboard(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddMudServices(options => options.SnackbarConfiguration.PositionClass = Defaults.Classes.Position.BottomRight);
        services.AddSingleton<LiveFigures>();
        services.AddSingleton<MachineReader>();
        services.AddSingleton<StoryReader>();
        services.AddSingleton<VerificationRun>();
        services.AddSingleton<DepthHistory>();
        services.AddHostedService(provider => provider.GetRequiredService<DepthHistory>());
        return services;
    }

    /// <summary>Maps the pages at <c>/</c> and the files that they need.</summary>
    /// <param name="app">A web application whose project brought the static web assets of this one along.</param>
    public static void MapResonanceDashboard(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode().RequireRole(Role.Viewer);
    }
}
