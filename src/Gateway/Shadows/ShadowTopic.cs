using System.Text;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Gateway.Shadows;

/// <summary>A topic on which a shadow is asked something: <c>$aws/things/{thing}/shadow[/name/{name}]/{get|update|delete}</c>.</summary>
/// <param name="Fault">What is wrong with the names in it; null where both are names.</param>
internal sealed record ShadowTopic(string Topic, ShadowAction Action, DeviceId Device, ShadowName Shadow, ShadowFault? Fault)
{
    private const string Things = "$aws/things/";

    private static ReadOnlySpan<byte> ThingsBytes => "$aws/things/"u8;

    /// <summary>Null: not such a topic. What it is answered on is none either: clients do not publish there.</summary>
    public static ShadowTopic? TryParse(ReadOnlySpan<byte> topic)
    {
        if (!topic.StartsWith(ThingsBytes))
            return null;

        var rest = topic[ThingsBytes.Length..];
        var thing = Level(ref rest);
        if (thing.IsEmpty || !Level(ref rest).SequenceEqual("shadow"u8))
            return null;

        var next = Level(ref rest);
        var isNamed = next.SequenceEqual("name"u8);
        var name = isNamed ? Level(ref rest) : default;
        var verb = isNamed ? Level(ref rest) : next;
        if (!rest.IsEmpty || topic[^1] == (byte)'/' || ActionOf(verb) is not { } action)
            return null;

        var shadow = ShadowName.Classic;
        var hasName = !isNamed || ShadowName.TryParse(name, out shadow);
        var hasThing = DeviceId.TryParse(thing, out var device);
        var fault = !hasThing ? ShadowFault.InvalidThing : hasName ? null : ShadowFault.InvalidName;
        return new ShadowTopic(Encoding.UTF8.GetString(topic), action, device, shadow, fault);
    }

    /// <summary>Where a change of a shadow is told.</summary>
    /// <param name="end">From <c>/update</c> or <c>/delete</c> on.</param>
    public static byte[] Of(DeviceId device, ShadowName shadow, string end) =>
        Encoding.UTF8.GetBytes(shadow.IsClassic ? $"{Things}{device}/shadow{end}" : $"{Things}{device}/shadow/name/{shadow}{end}");

    public byte[] Answer(string end) => Encoding.UTF8.GetBytes($"{Topic}{end}");

    private static ReadOnlySpan<byte> Level(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'/');
        var level = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return level;
    }

    private static ShadowAction? ActionOf(ReadOnlySpan<byte> verb) =>
        verb.SequenceEqual("get"u8) ? ShadowAction.Get
        : verb.SequenceEqual("update"u8) ? ShadowAction.Update
        : verb.SequenceEqual("delete"u8) ? ShadowAction.Delete
        : null;
}
