using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace OrleansIot.Api.Access;

/// <summary>The key, compared so that the time taken tells nothing about it.</summary>
internal sealed class AccessKey(IOptions<AccessOptions> options)
{
    private readonly byte[] _hash = Hash(options.Value.ApiKey ?? "");

    /// <summary>Names the key without telling it: a sign-in is worth nothing once the key has changed.</summary>
    public string Fingerprint => Convert.ToHexStringLower(Hash(Convert.ToHexString(_hash)).AsSpan(0, 8));

    public bool IsSet => options.Value.HasKey;

    public bool Matches(string? offered) => IsSet && offered is not null && CryptographicOperations.FixedTimeEquals(Hash(offered), _hash);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
