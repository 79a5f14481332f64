using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace OrleansIot.Mqtt.Topics;

/// <summary>A valid topic filter (4.7), with the group of a shared subscription parted from it (4.8.2).</summary>
public sealed class TopicFilter : IEquatable<TopicFilter>
{
    /// <summary>The most levels a filter may have.</summary>
    // Matching recurses once per '+' level, so a filter of 30,000 levels could exhaust the stack (as in CVE-2019-11779);
    // 200 is mosquitto's limit too.
    public const int MaxLevels = 200;

    private const byte SingleLevel = (byte)'+', MultiLevel = (byte)'#';

    private readonly byte[] _utf8;

    private TopicFilter(byte[] utf8, int shareLength)
    {
        Text = Encoding.UTF8.GetString(utf8);
        ShareName = shareLength == 0 ? null : Encoding.UTF8.GetString(utf8.AsSpan(SharePrefix.Length, shareLength));
        _utf8 = shareLength == 0 ? utf8 : utf8[(SharePrefix.Length + shareLength + 1)..];
    }

    /// <summary>The filter as it was subscribed to, share name included.</summary>
    public string Text { get; }

    /// <summary>The group of a shared subscription, or null (4.8.2).</summary>
    public string? ShareName { get; }

    [MemberNotNullWhen(true, nameof(ShareName))]
    public bool IsShared => ShareName is not null;

    public bool HasWildcard => _utf8.AsSpan().ContainsAny(SingleLevel, MultiLevel);

    /// <summary>What topics are compared with, share name excluded.</summary>
    public ReadOnlySpan<byte> Utf8Bytes => _utf8;

    private static ReadOnlySpan<byte> SharePrefix => "$share/"u8;

    /// <summary>The filter for a text that is known to be valid.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static TopicFilter Parse(string text) =>
        TryParse(text, out var filter) ? filter : throw new ArgumentException($"'{text}' is not a topic filter.", nameof(text));

    public static bool TryParse(string text, [NotNullWhen(true)] out TopicFilter? filter) =>
        TryParse(Encoding.UTF8.GetBytes(text), out filter);

    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out TopicFilter? filter)
    {
        filter = null;
        if (utf8.Length is 0 or > TopicName.MaxLength || !Utf8.IsValid(utf8) || utf8.Contains((byte)0))
            return false;

        var shareLength = 0;
        var levels = utf8;
        if (utf8.StartsWith(SharePrefix))
        {
            // [MQTT-4.8.2-1], [MQTT-4.8.2-2]: a share name of at least one character, without wildcards, then '/' and a filter.
            var afterPrefix = utf8[SharePrefix.Length..];
            shareLength = afterPrefix.IndexOf(TopicName.LevelSeparator);
            if (shareLength <= 0 || afterPrefix[..shareLength].ContainsAny(SingleLevel, MultiLevel))
                return false;

            levels = afterPrefix[(shareLength + 1)..];
        }

        if (levels.IsEmpty || !AreLevelsValid(levels))
            return false;

        filter = new TopicFilter(utf8.ToArray(), shareLength);
        return true;
    }

    /// <summary>Whether a topic name matches this filter; right for one filter, see <see cref="SubscriptionTree{T}"/> for many.</summary>
    public bool Matches(ReadOnlySpan<byte> topic)
    {
        ReadOnlySpan<byte> filter = _utf8;

        // [MQTT-4.7.2-1]: a leading wildcard does not match a topic that begins with '$'.
        if (TopicName.IsReserved(topic) && filter[0] is SingleLevel or MultiLevel)
            return false;

        var filterLevels = new TopicLevels(filter);
        var topicLevels = new TopicLevels(topic);
        while (filterLevels.MoveNext())
        {
            // 4.7.1.2: '#' stands for any number of levels, none included.
            if (filterLevels.Current is [MultiLevel])
                return true;
            if (!topicLevels.MoveNext())
                return false;
            if (filterLevels.Current is not [SingleLevel] && !filterLevels.Current.SequenceEqual(topicLevels.Current))
                return false;
        }

        return !topicLevels.MoveNext();
    }

    public bool Equals(TopicFilter? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as TopicFilter);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private static bool AreLevelsValid(ReadOnlySpan<byte> filter)
    {
        var count = 0;
        var isLast = false;
        foreach (var level in new TopicLevels(filter))
        {
            // [MQTT-4.7.1-1]: '#' is the last level. [MQTT-4.7.1-2]: a wildcard is the whole of its level.
            if (isLast || ++count > MaxLevels || (level.Length > 1 && level.ContainsAny(SingleLevel, MultiLevel)))
                return false;

            isLast = level is [MultiLevel];
        }

        return true;
    }
}
