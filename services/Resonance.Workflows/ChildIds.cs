using System.Security.Cryptography;
using System.Text;

namespace Resonance.Workflows;

/// <summary>Ids of child workflows: the same parent and purpose always give the same child, so that asking twice starts one.</summary>
static class ChildIds
{
    /// <summary>A name-based UUID (RFC 9562, version 8: the first 16 bytes of a SHA-256).</summary>
    public static Guid For(Guid parent, string purpose)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{parent:N}/{purpose}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
