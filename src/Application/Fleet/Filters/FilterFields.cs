using System.Collections.Frozen;
using System.Collections.Immutable;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Fleet.Filters;

/// <summary>Every field that a filter or a sort order can name. A name that is none of them is that of a metric.</summary>
public static class FilterFields
{
    // A new field is a line here.
    private static readonly FrozenDictionary<string, FilterField> Fields = new[]
    {
        FilterField.Text("id", twin => twin.Device.Value),
        FilterField.Text("name", twin => twin.Description.Name),
        FilterField.Text("type", twin => twin.Description.Type),
        FilterField.Text("location", twin => twin.Description.Location),
        FilterField.Text("organisation", twin => twin.Description.Organisation),
        FilterField.Text("site", twin => twin.Description.Site),
        FilterField.List("groups", twin => twin.Description.Groups),
        FilterField.List("tags", twin => twin.Description.Tags),
        FilterField.Word("status", WordsOf<DeviceStatus>(), isOrdered: false, twin => (int)twin.Status),
        FilterField.Moment("statusSince", twin => twin.Status == DeviceStatus.Unknown ? null : twin.StatusSince),
        FilterField.Moment("lastSeen", twin => twin.LastSeen),
        FilterField.Word("severity", WordsOf<Severity>(), isOrdered: true, twin => (int?)twin.WorstSeverity),
        FilterField.Number("openAlerts", twin => twin.OpenAlerts.Length),
        FilterField.Number("breaches", twin => twin.Flags.Length),
        FilterField.Text("firmware", twin => DeviceFirmware.Of(twin)?.Version),
    }.ToFrozenDictionary(field => field.Name, StringComparer.OrdinalIgnoreCase);

    // Fields that have a key, written name.key, or name('key') where the key is no plain word. A new one is a line here.
    private static readonly FrozenDictionary<string, Func<string, FilterField?>> Keyed = new Dictionary<string, Func<string, FilterField?>>
    {
        ["metadata"] = Metadata,
        ["metric"] = Metric,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Reserved = FilterWords.All.Concat(Keyed.Keys).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<FilterField> All => Fields.Values;

    /// <summary>The field of a plain word; null where nothing can have that name.</summary>
    public static FilterField? Find(string word)
    {
        if (Fields.TryGetValue(word, out var field))
            return field;

        var dot = word.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && Keyed.TryGetValue(word[..dot], out var keyed) ? keyed(word[(dot + 1)..]) : Metric(word);
    }

    public static bool IsKeyed(string name) => Keyed.ContainsKey(name);

    /// <summary>The field <c>name('key')</c>; null where there cannot be one of that key.</summary>
    public static FilterField? Find(string name, string key) => Keyed.TryGetValue(name, out var keyed) ? keyed(key) : null;

    /// <summary>The last value of a metric; null where no device can report one of that name.</summary>
    public static FilterField? Metric(string metric) =>
        MetricName.TryParse(metric, out var name) ? FilterField.Metric(NeedsQuotes(metric) ? Written("metric", metric) : metric, name) : null;

    private static FilterField Metadata(string key) => FilterField.Text(FilterWords.IsPlain(key) ? $"metadata.{key}" : Written("metadata", key), twin => MetadataOf(twin, key));

    private static string? MetadataOf(Twin twin, string key)
    {
        foreach (var (name, value) in twin.Description.Metadata)
        {
            if (name == key)
                return value;
        }

        return null;
    }

    private static string Written(string name, string key) => $"{name}('{key.Replace("'", "''", StringComparison.Ordinal)}')";

    private static bool NeedsQuotes(string metric) =>
        !FilterWords.IsPlain(metric)
        || Reserved.Contains(metric)
        || Fields.ContainsKey(metric)
        || (metric.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && Keyed.ContainsKey(metric[..dot]));

    private static ImmutableArray<string> WordsOf<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => name.ToLowerInvariant())];
}
