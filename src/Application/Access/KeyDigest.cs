using System.Security.Cryptography;
using System.Text;

namespace OrleansIot.Application.Access;

/// <summary>A key to compare offered ones with; how long that takes tells nothing about the key, nor about its length.</summary>
public sealed class KeyDigest(string key)
{
    private readonly byte[] _digest = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Names the key without telling it.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Convert.ToHexString(_digest))).AsSpan(0, 8));

    public bool Matches(ReadOnlySpan<byte> offered)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(offered, digest);
        return CryptographicOperations.FixedTimeEquals(digest, _digest);
    }
}
