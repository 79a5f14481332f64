using System.Buffers;

namespace OrleansIot.Application.Access;

/// <summary>Names that people give to policies, users and tokens, and what a client may call itself.</summary>
public static class AccessNames
{
    public const string Rule = "1 to 128 of the characters a-z A-Z 0-9 _ . @ = + : -";

    /// <summary>Longest client id, in characters.</summary>
    // Twice what AWS IoT Core takes, and short enough for a log line.
    public const int MaxClientIdLength = 256;

    private const int MaxLength = 128;
    private const int ThumbprintLength = 64;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@=+:-");
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> Wildcards = SearchValues.Create("+#*");

    public static bool IsName(string? text) => text is { Length: > 0 and <= MaxLength } && !text.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>Whether the text is the SHA-256 of a certificate, as AWS IoT names them.</summary>
    public static bool IsThumbprint(string? text) => text is { Length: ThumbprintLength } && !text.AsSpan().ContainsAnyExcept(Hex);

    /// <summary>What is wrong with a client id; null where nothing is. An id with a wildcard would turn <c>${iot:ClientId}</c> in a filter into one.</summary>
    public static string? ProblemOfClientId(string clientId)
    {
        if (clientId.Length > MaxClientIdLength)
            return $"is longer than {MaxClientIdLength} characters";
        if (clientId.AsSpan().ContainsAny(Wildcards))
            return "contains one of + # *";

        return clientId.Any(char.IsControl) ? "contains a control character" : null;
    }
}
