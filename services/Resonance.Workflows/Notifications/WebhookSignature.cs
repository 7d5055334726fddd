using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Resonance.Workflows.Notifications;

/// <summary>The header by which a receiver knows that a call is ours, that nobody changed it, and when it was made.</summary>
static class WebhookSignature
{
    public const string Header = "Resonance-Signature";

    /// <returns><c>t=1767225600,v1=9f86d0...</c>: unix seconds, and the HMAC-SHA256 of <c>t.body</c> in lower case hex.</returns>
    public static string Sign(string secret, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = (byte[])[.. Encoding.ASCII.GetBytes(seconds), (byte)'.', .. body];
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }
}
