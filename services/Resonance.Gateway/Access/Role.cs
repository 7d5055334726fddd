namespace Resonance.Gateway.Access;

/// <summary>What somebody may do. Each role may do what the one before it may.</summary>
public enum Role
{
    /// <summary>Sees everything but fields that are marked as sensitive.</summary>
    Viewer,

    /// <summary>Starts workflows and steers instances.</summary>
    Operator,

    /// <summary>Changes rules, schedules and keys.</summary>
    Admin,
}

/// <summary>Roles as people and settings write them.</summary>
public static class RoleNames
{
    /// <summary>Every role's name, the lowest first.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<Role>().Select(Of)];

    /// <summary>E.g. <c>viewer</c>.</summary>
    public static string Of(Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Operator => "operator",
        _ => "admin",
    };

    /// <summary>The role of that name, however its letters are cased; null when there is none.</summary>
    public static Role? Find(string? name)
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            if (Of(role).Equals(name, StringComparison.OrdinalIgnoreCase))
                return role;
        }

        return null;
    }
}
