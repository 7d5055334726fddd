namespace Resonance.Engine.Rules.Language;

/// <summary>Says whether a value of one type may stand where another is wanted, and so finds out what type variables are.</summary>
sealed class TypeUnifier
{
    readonly List<TypeVariable> _trail = [];

    /// <summary>Goes back to this with <see cref="Undo"/> when an attempt failed.</summary>
    public int Mark => _trail.Count;

    public void Undo(int mark)
    {
        for (var at = mark; at < _trail.Count; at++)
            _trail[at].Bound = null;
        _trail.RemoveRange(mark, _trail.Count - mark);
    }

    public static CelType Resolve(CelType type)
    {
        while (type is TypeVariable { Bound: { } bound })
            type = bound;
        return type;
    }

    /// <summary>With its variables replaced by what they turned out to be; those that nothing is known of are dyn.</summary>
    public static CelType Final(CelType type)
    {
        type = Resolve(type);
        return type.Kind switch
        {
            TypeKind.Variable => CelType.Dyn,
            TypeKind.List => CelType.List(Final(type.Parameters[0])),
            TypeKind.Map => CelType.Map(Final(type.Parameters[0]), Final(type.Parameters[1])),
            TypeKind.Nullable => CelType.Nullable(Final(type.Parameters[0])),
            _ => type,
        };
    }

    public bool Assign(CelType from, CelType to)
    {
        from = Resolve(from);
        to = Resolve(to);
        if (ReferenceEquals(from, to))
            return true;
        if (to is TypeVariable wanted)
            return Bind(wanted, from);
        if (from is TypeVariable given)
            return Bind(given, to);
        if (from.Kind == TypeKind.Dyn || to.Kind == TypeKind.Dyn)
            return true;
        if (to.Kind == TypeKind.Nullable)
            return from.Kind == TypeKind.Null || Assign(from.Kind == TypeKind.Nullable ? from.Parameters[0] : from, to.Parameters[0]);
        if (from.Kind == TypeKind.Nullable)
            return to.Kind == TypeKind.Null || Assign(from.Parameters[0], to);
        if (from.Kind != to.Kind || from.Kind == TypeKind.Record)
            return false;

        for (var at = 0; at < from.Parameters.Count; at++)
        {
            if (!Assign(from.Parameters[at], to.Parameters[at]))
                return false;
        }

        return true;
    }

    bool Bind(TypeVariable variable, CelType type)
    {
        if (Occurs(variable, type))
            return false;
        variable.Bound = type;
        _trail.Add(variable);
        return true;
    }

    static bool Occurs(TypeVariable variable, CelType type)
    {
        type = Resolve(type);
        return ReferenceEquals(type, variable) || type.Parameters.Any(parameter => Occurs(variable, parameter));
    }
}
