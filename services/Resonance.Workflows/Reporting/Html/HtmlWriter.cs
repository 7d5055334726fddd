using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Resonance.Workflows.Reporting.Html;

/// <summary>Writes markup. What stands in the braces of an interpolated string is text and is escaped, unless it is our own.</summary>
sealed class HtmlWriter
{
    static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    readonly StringBuilder _text = new();

    /// <summary>Writes a piece of markup.</summary>
    /// <param name="markup">It is in the writer by the time that it is made.</param>
    public void Write([InterpolatedStringHandlerArgument("")] Markup markup) => _ = markup;

    public override string ToString() => _text.ToString();

    /// <summary>What the compiler makes of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly struct Markup
    {
        readonly StringBuilder _text;

        public Markup(int literalLength, int formattedCount, HtmlWriter writer)
        {
            _text = writer._text;
            _text.EnsureCapacity(_text.Length + literalLength + formattedCount);
        }

        public void AppendLiteral(string markup) => _text.Append(markup);

        public void AppendFormatted(string? text) => _text.Append(Encoder.Encode(text ?? ""));

        public void AppendFormatted(OwnMarkup markup) => _text.Append(markup.Text);

        public void AppendFormatted(int number) => _text.Append(CultureInfo.InvariantCulture, $"{number}");

        /// <summary>A coordinate: a hundredth of a pixel is as fine as anybody sees.</summary>
        public void AppendFormatted(double number) => _text.Append(CultureInfo.InvariantCulture, $"{number:0.##}");
    }
}

/// <summary>Markup that this program brings along, and that nobody else had a hand in.</summary>
readonly record struct OwnMarkup(string Text);
