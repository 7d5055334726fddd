using System.Security.Cryptography;
using System.Text;

namespace Resonance.Engine.Definitions;

/// <summary>Ids that follow from a name: whoever asks for the same thing again gets the same id, so that it happens once.</summary>
public static class NameBasedId
{
    /// <summary>A name-based UUID (RFC 9562, version 8: the first 16 bytes of a SHA-256).</summary>
    public static Guid For(string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
