using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Resonance.Engine.Storage.Queries;

namespace Resonance.Engine.RuleSets;

static class RuleSetServiceCollectionExtensions
{
    /// <summary>Adds the rules of every workflow in the catalog: their versions are stored, looked at once a second, and published.</summary>
    public static void AddRuleSets(this IServiceCollection services)
    {
        services.TryAddSingleton(new RuleSetOptions());
        services.AddSingleton<RuleBook>();
        services.AddSingleton<RuleVersions>();
        services.AddSingleton<WhatIfRecords>();
        services.AddSingleton<RuleSetRefresh>();
        services.AddSingleton(provider => new RulePublisher(
            provider.GetRequiredService<RuleVersions>(),
            provider.GetRequiredService<RuleSetRefresh>(),
            provider.GetRequiredService<WhatIfRecords>(),
            provider.GetRequiredService<RuleSetOptions>()));
        services.AddSingleton(provider => new WhatIf(
            provider.GetRequiredService<RuleEvaluations>(), provider.GetRequiredService<WhatIfRecords>()));
        services.AddHostedService<RuleSetStartup>();
        services.AddHostedService(provider => provider.GetRequiredService<RuleSetRefresh>());
    }
}
