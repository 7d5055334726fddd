using System.Text;

namespace Resonance.Engine.Definitions;

/// <summary>How states are called in code and before people.</summary>
public static class StateNames
{
    /// <summary><c>ValidateCard</c> becomes <c>VALIDATE_CARD</c>.</summary>
    public static string ToScreen(string state)
    {
        var screen = new StringBuilder(state.Length + 8);
        for (var index = 0; index < state.Length; index++)
        {
            if (index > 0 && char.IsUpper(state[index]) && char.IsLetterOrDigit(state[index - 1]) && !char.IsUpper(state[index - 1]))
                screen.Append('_');
            screen.Append(char.ToUpperInvariant(state[index]));
        }

        return screen.ToString();
    }
}
