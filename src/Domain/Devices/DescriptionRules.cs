using System.Buffers;
using System.Collections.Immutable;

namespace OrleansIot.Domain.Devices;

/// <summary>What may be said about a device; the one place that says so, for the API, the dashboard and the grains alike.</summary>
public static class DescriptionRules
{
    private const char LevelSeparator = '/';

    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-");

    /// <summary>Everything that is wrong with it; empty where it can be taken.</summary>
    public static ImmutableArray<DescriptionFault> Check(DeviceDescription description)
    {
        var faults = ImmutableArray.CreateBuilder<DescriptionFault>();
        CheckText(faults, "name", description.Name);
        CheckText(faults, "type", description.Type);
        CheckText(faults, "location", description.Location);
        CheckText(faults, "organisation", description.Organisation);
        CheckText(faults, "firmware", description.Firmware);
        CheckSite(faults, description.Site);
        CheckWords(faults, "tags", description.Tags, DeviceDescription.MaxTags);
        CheckWords(faults, "groups", description.Groups, DeviceDescription.MaxGroups);
        CheckMetadata(faults, description.Metadata);
        return faults.DrainToImmutable();
    }

    /// <summary>The levels of a site, outermost first: <c>plant-1</c>, <c>plant-1/hall-2</c>, …</summary>
    public static ImmutableArray<string> LevelsOf(string site)
    {
        var levels = ImmutableArray.CreateBuilder<string>();
        for (var end = site.IndexOf(LevelSeparator, StringComparison.Ordinal); end >= 0; end = site.IndexOf(LevelSeparator, end + 1))
            levels.Add(site[..end]);

        levels.Add(site);
        return levels.DrainToImmutable();
    }

    private static void CheckText(ImmutableArray<DescriptionFault>.Builder faults, string field, string? text)
    {
        if (text is not null && !IsText(text, DeviceDescription.MaxTextLength))
        {
            faults.Add(new(
                $"device.{field}-invalid", field, Shown(text, DeviceDescription.MaxTextLength), $"Send 1 to {DeviceDescription.MaxTextLength} characters, or null to take it away."));
        }
    }

    private static void CheckSite(ImmutableArray<DescriptionFault>.Builder faults, string? site)
    {
        if (site is null)
            return;

        var levels = site.Split(LevelSeparator);
        if (levels.Length > DeviceDescription.MaxSiteLevels || !levels.All(level => IsText(level, DeviceDescription.MaxSiteLevelLength)))
        {
            faults.Add(new(
                "device.site-invalid",
                "site",
                levels.Length > DeviceDescription.MaxSiteLevels ? $"has {levels.Length} levels." : "has a level that is empty, too long, or begins or ends with a space.",
                $"Send 1 to {DeviceDescription.MaxSiteLevels} levels of 1 to {DeviceDescription.MaxSiteLevelLength} characters with '/' between: \"plant-1/hall-2\"."));
        }
    }

    private static void CheckWords(ImmutableArray<DescriptionFault>.Builder faults, string field, ImmutableArray<string> words, int most)
    {
        if (words.Length > most)
            faults.Add(new($"device.{field}-too-many", field, $"has {words.Length} items.", $"Send at most {most}."));

        for (var i = 0; i < words.Length; i++)
        {
            if (!IsText(words[i], DeviceDescription.MaxTextLength))
            {
                faults.Add(new(
                    $"device.{field}-invalid", $"{field}[{i}]", Shown(words[i], DeviceDescription.MaxTextLength), $"Send texts of 1 to {DeviceDescription.MaxTextLength} characters."));
            }
        }

        if (words.Distinct(StringComparer.Ordinal).Count() < words.Length)
            faults.Add(new($"device.{field}-invalid", field, "has an item twice.", "Send each once."));
    }

    private static void CheckMetadata(ImmutableArray<DescriptionFault>.Builder faults, ImmutableArray<MetadataEntry> metadata)
    {
        if (metadata.Length > DeviceDescription.MaxMetadata)
            faults.Add(new("device.metadata-too-many", "metadata", $"has {metadata.Length} keys.", $"Send at most {DeviceDescription.MaxMetadata}; null takes one away."));

        for (var i = 0; i < metadata.Length; i++)
        {
            var (key, value) = metadata[i];
            if (key.Length is 0 or > DeviceDescription.MaxMetadataKeyLength || key.AsSpan().ContainsAnyExcept(KeyCharacters))
            {
                faults.Add(new(
                    "device.metadata-key-invalid",
                    $"metadata.{(key.Length <= DeviceDescription.MaxMetadataKeyLength ? key : key[..DeviceDescription.MaxMetadataKeyLength] + "…")}",
                    "is not a key.",
                    $"A key has 1 to {DeviceDescription.MaxMetadataKeyLength} of the characters a-z A-Z 0-9 _ . : -"));
            }
            else if (!IsText(value, DeviceDescription.MaxMetadataValueLength))
            {
                faults.Add(new(
                    "device.metadata-value-invalid",
                    $"metadata.{key}",
                    Shown(value, DeviceDescription.MaxMetadataValueLength),
                    $"Send 1 to {DeviceDescription.MaxMetadataValueLength} characters, or null to take it away."));
            }

            // The order is part of the description: by it two of them are equal whoever made them.
            if (i > 0 && string.CompareOrdinal(metadata[i - 1].Key, key) >= 0)
                faults.Add(new("device.metadata-key-invalid", $"metadata.{key}", "comes twice, or out of order.", "Send each key once, in ordinal order."));
        }
    }

    private static bool IsText(string text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && !text.Any(char.IsControl);

    private static string Shown(string text, int maxLength) =>
        text.Length == 0 ? "is empty." : text.Length > maxLength ? $"has {text.Length} characters." : "begins or ends with a space, or has a control character.";
}
