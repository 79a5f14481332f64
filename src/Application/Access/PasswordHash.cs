using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace OrleansIot.Application.Access;

/// <summary>
/// A password as it is kept: <c>pbkdf2-sha512$iterations$salt$hash</c>, the last two in base 64. The first field names the way it was
/// made, so that a better one can come beside it.
/// </summary>
public sealed class PasswordHash
{
    public const string Rule = "pbkdf2-sha512$iterations$salt$hash, as PUT /api/v1/access/users/{name} writes it";

    /// <summary>Longest password that is looked at, in bytes of UTF-8.</summary>
    public const int MaxPasswordBytes = 1_024;

    private const string Scheme = "pbkdf2-sha512";

    // OWASP's figure for PBKDF2 with SHA-512: about a tenth of a second of one core, for whoever guesses too.
    private const int MinIterations = 210_000;

    // A hash from elsewhere that took longer than this would hold up those who wait behind it.
    private const int MaxIterations = 2_000_000;

    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    private readonly int _iterations;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    private PasswordHash(int iterations, byte[] salt, byte[] hash)
    {
        (_iterations, _salt, _hash) = (iterations, salt, hash);
        Text = $"{Scheme}${iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}";
    }

    public string Text { get; }

    /// <summary>Hashes a password with a new salt. Takes as long as <see cref="Matches"/>.</summary>
    public static PasswordHash Of(ReadOnlySpan<byte> password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PasswordHash(MinIterations, salt, Derive(password, salt, MinIterations));
    }

    /// <summary>One that no password is known to match; costs nothing to make, and to compare as much as any.</summary>
    public static PasswordHash OfNothing() => new(MinIterations, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(HashBytes));

    public static bool TryParse(string? text, [NotNullWhen(true)] out PasswordHash? hash)
    {
        hash = null;
        if (text?.Split('$') is not [Scheme, var iterations, var salt, var digest]
            || !int.TryParse(iterations, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count is < MinIterations or > MaxIterations
            || Decode(salt) is not { Length: >= SaltBytes and <= 64 } saltBytes
            || Decode(digest) is not { Length: HashBytes } hashBytes)
        {
            return false;
        }

        hash = new PasswordHash(count, saltBytes, hashBytes);
        return true;
    }

    /// <summary>Slow by intent: not for a thread that others wait for.</summary>
    public bool Matches(ReadOnlySpan<byte> password) =>
        password.Length <= MaxPasswordBytes && CryptographicOperations.FixedTimeEquals(Derive(password, _salt, _iterations), _hash);

    private static byte[] Derive(ReadOnlySpan<byte> password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA512, HashBytes);

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) ? bytes[..written] : null;
    }
}
