using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansIot.Application.Access;

/// <summary>
/// A token that lets in whoever has it: 256 random bits behind a prefix by which it is known from a password, and by which scanners
/// for leaked secrets find it. Only its digest is kept; unlike a password it cannot be guessed, so a fast digest is enough.
/// </summary>
public static class BearerToken
{
    public const string Prefix = "oit_";

    private const int SecretBytes = 32;

    // base64url of 32 bytes
    private const int TextLength = 4 + 43;

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>Whether the text has the form of one; nothing else may be looked up as a token.</summary>
    public static bool IsOne(ReadOnlySpan<byte> text) => text.Length == TextLength && text.StartsWith("oit_"u8);

    public static string DigestOf(ReadOnlySpan<byte> token) => Convert.ToHexStringLower(SHA256.HashData(token));

    public static string DigestOf(string token) => DigestOf(Encoding.UTF8.GetBytes(token));
}
