using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace OrleansIot.Gateway;

/// <summary>The key that clients give as their password, whatever their user name, where one is configured.</summary>
internal sealed class AccessKey(IConfiguration configuration)
{
    public const string Setting = "Access:ApiKey";

    private readonly byte[]? _digest = configuration[Setting] is { Length: > 0 } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;

    public bool IsConfigured => _digest is not null;

    /// <summary>Whether a client that gave this password may connect; takes as long for a wrong one as for a right one.</summary>
    public bool Admits(ReadOnlySpan<byte> password)
    {
        if (_digest is null)
            return true;

        // Digests are of one length, so the comparison does not tell the key's.
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, given);
        return CryptographicOperations.FixedTimeEquals(given, _digest);
    }
}
