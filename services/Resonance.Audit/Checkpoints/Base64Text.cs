namespace Resonance.Audit.Checkpoints;

/// <summary>Base64 in the one form in which it is written: no blanks, padded, no bits left over. What is signed has one spelling.</summary>
static class Base64Text
{
    public static bool TryDecode(string text, out byte[] bytes)
    {
        var decoded = new byte[text.Length];
        bytes = Convert.TryFromBase64String(text, decoded, out var length) ? decoded[..length] : [];
        return Convert.ToBase64String(bytes) == text && length > 0;
    }
}
