using System.Buffers;
using System.Text.Unicode;

namespace OrleansIot.Mqtt.Topics;

/// <summary>The rules for a topic to publish to (4.7). Names stay UTF-8 bytes: they are looked at far more often than printed.</summary>
public static class TopicName
{
    /// <summary>Separates the levels of topics and filters.</summary>
    public const byte LevelSeparator = (byte)'/';

    /// <summary>The longest name or filter in bytes ([MQTT-4.7.3-3]).</summary>
    public const int MaxLength = ushort.MaxValue;

    private static readonly SearchValues<byte> Forbidden = SearchValues.Create("+#\0"u8);

    /// <summary>
    /// True for well-formed UTF-8 of at least one character ([MQTT-4.7.3-1]) without wildcards ([MQTT-3.3.2-2]) and U+0000 ([MQTT-4.7.3-2]).
    /// </summary>
    public static bool IsValid(ReadOnlySpan<byte> utf8) =>
        utf8.Length is > 0 and <= MaxLength && !utf8.ContainsAny(Forbidden) && Utf8.IsValid(utf8);

    /// <summary>Topics that begin with '$' are the server's own; a leading wildcard does not match them ([MQTT-4.7.2-1]).</summary>
    internal static bool IsReserved(ReadOnlySpan<byte> topic) => !topic.IsEmpty && topic[0] == (byte)'$';
}
