using Xunit;

namespace Resonance.Tests.House;

public sealed class CSharpMembersTests
{
    [Theory]
    [InlineData("a // { x\nb", "a       \nb")]
    [InlineData("a /* { \n } */ b", "a      \n      b")]
    [InlineData("a = \"{ \\\" }\";", "a =         ;")]
    [InlineData("a = @\"{ \"\" }\\\";", "a =           ;")]
    [InlineData("a = $\"{f(\"}\")} {{\";", "a =               ;")]
    [InlineData("a = \"\"\"{ \" }\"\"\" + b;", "a =             + b;")]
    [InlineData("a = '{' + '\\'' + b;", "a =     +      + b;")]
    [InlineData("a = \"\" + b;", "a =    + b;")]
    [InlineData("#pragma {\nb", "         \nb")]
    public void What_is_not_code_is_blanked(string text, string code) =>
        Assert.Equal(code, CSharpText.WithoutCommentsAndStrings(text));

    [Fact]
    public void Methods_are_found_in_all_their_forms_and_what_is_none_is_not()
    {
        const string text = """
            using System;
            namespace A.B;
            /// <summary>void Doc() { }</summary>
            [Some(Name = "x")]
            public sealed class C<T>(int primary = 1) : D(primary) where T : class, new()
            {
                static readonly Dictionary<string, (int, int)> Table = new()
                {
                    ["a"] = (1, 2),
                };

                public C() : this(2) { }

                [Fact]
                public async Task<(int, T)> Block<TOther>(int a = 1)
                    where TOther : class
                {
                    if (a > 0) { return (1, default!); }
                    void Local() { }
                }

                void Expression() => During(
                    When(X).Then(c => { Do(c); }),
                    Ignore(Y));

                object Initializer() => new Thing
                {
                    A = 1,
                }.Build();

                (int, int) Pair { get; } = (1, 2);

                int Computed
                {
                    get { return F(1); }
                }

                abstract void None(int a);

                sealed record Nested(int A)
                {
                    int Inside() => 1;
                }
            }
            """;

        Assert.Equal(
            [
                new("C", 12, 1), new("Block", 15, 6), new("Expression", 22, 3), new("Initializer", 26, 4), new("None", 38, 1),
                new Method("Inside", 42, 1),
            ],
            CSharpMembers.MethodsOf(text));
    }
}
