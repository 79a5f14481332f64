using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Bridges;

/// <summary>Gives outside topics their names here.</summary>
internal sealed partial class TopicMap
{
    private readonly IReadOnlyList<Entry> _entries;

    private TopicMap(IReadOnlyList<Entry> entries) => _entries = entries;

    /// <summary>The map, as far as the entries are sound; what is not is told with its mend.</summary>
    /// <param name="setting">What the entries are called where they are set.</param>
    public static TopicMap Of(IReadOnlyList<BridgeTopic> topics, string setting, List<string> problems)
    {
        var entries = new List<Entry>();
        for (var index = 0; index < topics.Count; index++)
        {
            if (Read(topics[index], $"{setting}:{index}", problems) is { } entry)
                entries.Add(entry);
        }

        return new TopicMap(entries);
    }

    /// <summary>The topic here; null where no entry matches, or where it would be too long.</summary>
    public string? Map(string topic)
    {
        if (_entries.Count == 0)
            return topic;

        var utf8 = Encoding.UTF8.GetBytes(topic);
        foreach (var entry in _entries)
        {
            if (!entry.From.Matches(utf8))
                continue;

            var mapped = entry.Fill(topic);
            return Encoding.UTF8.GetByteCount(mapped) <= TopicName.MaxLength ? mapped : null;
        }

        return null;
    }

    private static Entry? Read(BridgeTopic topic, string setting, List<string> problems)
    {
        if (!TopicFilter.TryParse(topic.From, out var from) || from.IsShared)
        {
            problems.Add($"{setting}:From is '{topic.From}': give a topic filter without a share, e.g. fleet/+/telemetry.");
            return null;
        }

        var levels = topic.From.Split('/');
        var singles = levels.Count(level => level == "+");
        var known = Enumerable.Range(1, singles).Select(number => number.ToString(CultureInfo.InvariantCulture)).ToList();
        if (levels[^1] == "#")
            known.Add("#");
        if (Placeholder().Matches(topic.To).Select(match => match.Groups[1].Value).FirstOrDefault(name => !known.Contains(name)) is { } unknown)
        {
            problems.Add(
                $"{setting}:To is '{topic.To}', but nothing in From '{topic.From}' stands for {{{unknown}}}: " +
                (known.Count == 0 ? "write a topic without braces, or put + into From." : $"use {string.Join(", ", known.Select(name => $"{{{name}}}"))}."));
            return null;
        }

        var sample = Placeholder().Replace(topic.To, "x");
        if (!TopicName.IsValid(Encoding.UTF8.GetBytes(sample)) || topic.To[0] == '$' || sample.AsSpan().ContainsAny('{', '}'))
        {
            problems.Add($"{setting}:To is '{topic.To}': give a topic without wildcards and not of the server's own ($), e.g. dt/devices/{{1}}/telemetry.");
            return null;
        }

        return new Entry(from, levels, topic.To);
    }

    [GeneratedRegex(@"\{([0-9]+|#)\}")]
    private static partial Regex Placeholder();

    private sealed record Entry(TopicFilter From, string[] Levels, string To)
    {
        public string Fill(string topic)
        {
            var levels = topic.Split('/');
            var singles = Levels.Select((level, at) => (level, at)).Where(of => of.level == "+").Select(of => levels[of.at]).ToArray();
            return Placeholder().Replace(To, match => match.Groups[1].Value is var name && name == "#"
                ? string.Join('/', levels.Skip(Levels.Length - 1))
                : singles[int.Parse(name, CultureInfo.InvariantCulture) - 1]);
        }
    }
}
