namespace Resonance.Engine.Rules.Language;

/// <summary>Guesses the name that was meant.</summary>
static class Spelling
{
    /// <returns>Null when no name comes close enough to be worth a question.</returns>
    public static string? Closest(string written, IEnumerable<string> known)
    {
        // Nobody mistypes half a name; and long nonsense must not make this slow.
        var atMost = Math.Min(3, Math.Max(1, written.Length / 3));
        string? closest = null;
        foreach (var name in known)
        {
            if (name == written || written.Length > 64 || Math.Abs(name.Length - written.Length) > atMost)
                continue;
            var distance = string.Equals(name, written, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(written, name);
            if (distance > atMost || (distance == atMost && closest is not null))
                continue;
            closest = name;
            if (distance == 0)
                break;
            atMost = distance;
        }

        return closest;
    }

    /// <summary>
    /// After Damerau and Levenshtein, in the form that edits no place twice: letters put in, left out, replaced, or swapped with
    /// their neighbour.
    /// </summary>
    public static int Distance(string first, string second)
    {
        var beforeLast = new int[second.Length + 1];
        var last = Enumerable.Range(0, second.Length + 1).ToArray();
        for (var i = 1; i <= first.Length; i++)
        {
            var current = new int[second.Length + 1];
            current[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var replaced = last[j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last) = (last, current);
        }

        return last[second.Length];
    }
}
