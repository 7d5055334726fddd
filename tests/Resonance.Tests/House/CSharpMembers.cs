using System.Text.RegularExpressions;

namespace Resonance.Tests.House;

/// <param name="Name">What stands before its parenthesis.</param>
/// <param name="FirstLine">Counted from one; attributes are not part of it.</param>
/// <param name="Lines">From the signature to the closing brace or the semicolon.</param>
readonly record struct Method(string Name, int FirstLine, int Lines);

/// <summary>Finds the methods and constructors of C# text by its braces, those with an expression for a body included.</summary>
static partial class CSharpMembers
{
    public static IReadOnlyList<Method> MethodsOf(string text)
    {
        var code = CSharpText.WithoutCommentsAndStrings(text);
        var methods = new List<Method>();
        // What each open brace holds: members of a type or namespace (true), or statements (false).
        var holdsMembers = new Stack<bool>([true]);
        var parentheses = 0;
        var start = 0;
        for (var at = 0; at < code.Length; at++)
        {
            switch (code[at])
            {
                case '(' or '[':
                    parentheses++;
                    break;
                case ')' or ']':
                    parentheses--;
                    break;
                case '{':
                    var opensMembers = holdsMembers.Peek() && parentheses == 0 && IsDeclaration(HeaderOf(code, start, at + 1));
                    holdsMembers.Push(opensMembers);
                    if (opensMembers)
                        start = at + 1;
                    break;
                case '}':
                    if (holdsMembers.Count > 1)
                        holdsMembers.Pop();
                    if (parentheses == 0 && holdsMembers.Peek() && HeaderOf(code, start, at).EndedBy == '{')
                        start = EndMember(code, start, at, methods);
                    break;
                case ';' when parentheses == 0 && holdsMembers.Peek():
                    start = EndMember(code, start, at, methods);
                    break;
            }
        }

        return methods;
    }

    static int EndMember(string code, int start, int end, List<Method> methods)
    {
        var header = HeaderOf(code, start, end + 1);
        if (!IsDeclaration(header) && header.Text.EndsWith(')') && NameBeforeParenthesis().Match(header.Text) is { Success: true } name)
        {
            var firstLine = LineOf(code, header.Start);
            methods.Add(new(name.Groups[1].Value, firstLine, LineOf(code, end) - firstLine + 1));
        }

        return end + 1;
    }

    static bool IsDeclaration(Header header) => header.EndedBy != '=' && TypeKeyword().IsMatch(header.Text);

    // What comes before a member's body or value, without attributes and generic constraints (`where T : class` declares no class).
    // A body begins with a brace, an expression or a value with a `=`, and both only outside of parentheses.
    static Header HeaderOf(string code, int start, int end)
    {
        var depth = 0;
        var first = -1;
        for (var at = start; at < end; at++)
        {
            if (first < 0 && depth == 0 && code[at] != '[' && !char.IsWhiteSpace(code[at]))
                first = at;
            if (depth == 0 && code[at] is '{' or '=' or ';' or '}')
                return new(first, WithoutConstraints(code[first..at]), code[at]);
            depth += code[at] switch { '(' or '[' => 1, ')' or ']' => -1, _ => 0 };
        }

        return new(first, "", '\0');
    }

    static string WithoutConstraints(string header) => GenericConstraint().Replace(header, "").Trim();

    static int LineOf(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

    readonly record struct Header(int Start, string Text, char EndedBy);

    [GeneratedRegex(@"\b(namespace|class|struct|record|interface|enum|extension|delegate)\b")]
    private static partial Regex TypeKeyword();

    [GeneratedRegex(@"\bwhere\s.*$", RegexOptions.Singleline)]
    private static partial Regex GenericConstraint();

    [GeneratedRegex(@"(?!async|static)\b(\w+)\s*(?:<[^()]*>)?\s*\(")]
    private static partial Regex NameBeforeParenthesis();
}
