using Resonance.Engine.Storage.Queries;

namespace Resonance.Gateway.Access;

/// <summary>Who may not see a value may not find it out by looking for it either.</summary>
static class SensitiveConditions
{
    /// <returns>Why these conditions are not answered, for people; null when they are.</returns>
    public static string? WhyNot(Actor actor, IEnumerable<DataCondition> conditions, SensitiveData sensitive)
    {
        if (!SensitiveData.IsHiddenFrom(actor))
            return null;

        var hidden = conditions.SelectMany(condition => condition.Path).Select(part => part.Name).OfType<string>()
            .FirstOrDefault(sensitive.IsSensitive);
        return hidden is null ? null : $"'{hidden}' is sensitive: who may look for its values needs the role {RoleNames.Of(Role.Operator)}.";
    }
}
