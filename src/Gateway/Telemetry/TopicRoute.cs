using System.Text;
using OrleansIot.Domain.Devices;
using OrleansIot.Gateway.Shadows;

namespace OrleansIot.Gateway.Telemetry;

/// <summary>What becomes of the messages of a topic.</summary>
internal enum TopicKind
{
    /// <summary>They go to whoever is subscribed, and nowhere else.</summary>
    Plain,

    /// <summary>They are readings of a device.</summary>
    Telemetry,

    /// <summary>They would be readings, but the topic names no possible device.</summary>
    InvalidDevice,

    /// <summary>They ask something of a device's shadow.</summary>
    Shadow,

    /// <summary>They are refused: the topics that this server, or MQTT, has a use of its own for (4.7.2). Other names with $ are a policy's to allow.</summary>
    Reserved,
}

/// <summary>A topic, understood once and not with each message.</summary>
/// <param name="DeviceText">The topic's device level as it stands; empty where there is none.</param>
internal sealed record TopicRoute(TopicKind Kind, string Topic, string DeviceText, DeviceId Device)
{
    /// <summary>Of a topic of the kind <see cref="TopicKind.Shadow"/>.</summary>
    public ShadowTopic? Shadow { get; private init; }

    /// <summary>Understands a topic: <c>dt/devices/{id}/telemetry</c> and <c>devices/{id}/monitoring</c> carry readings.</summary>
    public static TopicRoute Of(ReadOnlySpan<byte> topic)
    {
        var text = Encoding.UTF8.GetString(topic);
        if (IsOwn(topic))
        {
            return ShadowTopic.TryParse(topic) is { } shadow
                ? new TopicRoute(TopicKind.Shadow, text, shadow.Device.Value, shadow.Device) { Shadow = shadow }
                : new TopicRoute(TopicKind.Reserved, text, "", default);
        }

        if (!TryCut(topic, "dt/devices/"u8, "/telemetry"u8, out var level) && !TryCut(topic, "devices/"u8, "/monitoring"u8, out level))
            return new TopicRoute(TopicKind.Plain, text, "", default);

        var kind = DeviceId.TryParse(level, out var device) ? TopicKind.Telemetry : TopicKind.InvalidDevice;
        return new TopicRoute(kind, text, Encoding.UTF8.GetString(level), device);
    }

    private static bool IsOwn(ReadOnlySpan<byte> topic)
    {
        if (topic is not [(byte)'$', ..])
            return false;

        var end = topic.IndexOf((byte)'/');
        var first = end < 0 ? topic : topic[..end];
        return first.SequenceEqual("$SYS"u8) || first.SequenceEqual("$aws"u8) || first.SequenceEqual("$share"u8);
    }

    private static bool TryCut(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> suffix, out ReadOnlySpan<byte> level)
    {
        level = default;
        if (topic.Length < prefix.Length + suffix.Length || !topic.StartsWith(prefix) || !topic.EndsWith(suffix))
            return false;

        level = topic[prefix.Length..^suffix.Length];
        return !level.Contains((byte)'/');
    }
}
