namespace Resonance.Gateway.Diagrams;

/// <summary>How wide text will be, though no font is at hand: the widths of Helvetica, a little wider, as the browser may take another font.</summary>
static class TextWidths
{
    /// <summary>What a letter beyond ASCII is taken for, in thousandths of the font's size.</summary>
    const int Other = 650;

    const double OtherFonts = 1.08;

    const double Bold = 1.07;

    // From the space to the tilde, in thousandths of the font's size.
    static readonly short[] Widths =
    [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
        556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
        1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
        667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
        333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
        556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
    ];

    /// <param name="text">One line.</param>
    /// <param name="size">The font's size in pixels.</param>
    /// <param name="bold">Whether it is bold.</param>
    /// <param name="spacing">What is added to each letter, in pixels.</param>
    /// <returns>Pixels, rounded up.</returns>
    public static double Of(string text, double size, bool bold = false, double spacing = 0)
    {
        var thousandths = 0;
        foreach (var letter in text)
            thousandths += letter is >= ' ' and <= '~' ? Widths[letter - ' '] : Other;
        return Math.Ceiling(thousandths * size / 1000 * OtherFonts * (bold ? Bold : 1) + spacing * text.Length);
    }
}
