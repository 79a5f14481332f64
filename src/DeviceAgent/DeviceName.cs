using System.Buffers;

namespace OrleansIot.DeviceAgent;

/// <summary>The names a device can have: 1 to 128 of <c>a-z A-Z 0-9 : _ -</c>, as the server (and AWS IoT) takes them.</summary>
public static class DeviceName
{
    public const int MaxLength = 128;
    public const string Rule = "1 to 128 of the characters a-z A-Z 0-9 : _ -";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_-");

    public static bool IsValid(string? name) =>
        name is { Length: > 0 and <= MaxLength } && !name.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>The host's name with every other character replaced by a dash.</summary>
    public static string FromHostName(string hostName)
    {
        var name = string.Concat(hostName.Take(MaxLength).Select(c => Allowed.Contains(c) ? c : '-'));
        return name.Length > 0 ? name : "device";
    }
}
