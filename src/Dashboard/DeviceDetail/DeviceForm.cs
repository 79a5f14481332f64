using System.Collections.Immutable;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>What people say about a device, as they type it.</summary>
public sealed class DeviceForm
{
    private const string MetadataField = "metadata.";

    private readonly Dictionary<string, string> _mends = [];

    public string Name { get; set; } = "";

    public string Type { get; set; } = "";

    public string Location { get; set; } = "";

    public string Organisation { get; set; } = "";

    /// <summary>Levels with <c>/</c> between.</summary>
    public string Site { get; set; } = "";

    public string Firmware { get; set; } = "";

    /// <summary>With commas between.</summary>
    public string Tags { get; set; } = "";

    /// <summary>With commas between.</summary>
    public string Groups { get; set; } = "";

    public List<MetadataRow> Metadata { get; private set; } = [];

    /// <summary>By field: what is wrong, and the mend. Of metadata as a whole only; a row has its own.</summary>
    public IReadOnlyDictionary<string, string> Mends => _mends;

    /// <summary>The description that was there when typing began, or that was met since.</summary>
    public DeviceDescription Before { get; private set; } = DeviceDescription.None;

    public static DeviceForm Of(DeviceDescription description) => new()
    {
        Before = description,
        Name = description.Name ?? "",
        Type = description.Type ?? "",
        Location = description.Location ?? "",
        Organisation = description.Organisation ?? "",
        Site = description.Site ?? "",
        Firmware = description.Firmware ?? "",
        Tags = string.Join(", ", description.Tags),
        Groups = string.Join(", ", description.Groups),
        Metadata = [.. description.Metadata.Select(entry => new MetadataRow { Key = entry.Key, Value = entry.Value })],
    };

    public void AddRow() => Metadata.Add(new MetadataRow());

    public void RemoveRow(MetadataRow row) => Metadata.Remove(row);

    /// <summary>Null while something is to be mended.</summary>
    public DeviceDescription? Describe()
    {
        _mends.Clear();
        foreach (var row in Metadata)
            row.Mend = null;

        var description = Typed();
        foreach (var fault in DescriptionRules.Check(description))
            Mark(fault, description);

        return _mends.Count == 0 && Metadata.All(row => row.Mend is null) ? description : null;
    }

    /// <summary>
    /// Somebody else described the device meanwhile: what only they changed is taken over, what only this form changed stays typed.
    /// </summary>
    /// <returns>False: both changed the same field, which is marked; saving again puts what is typed in the place of theirs.</returns>
    public bool Meet(DeviceDescription now)
    {
        _mends.Clear();
        var (before, theirs) = (Of(Before), Of(now));
        Before = now;
        Name = Met(nameof(Name), before.Name, Name, theirs.Name);
        Type = Met(nameof(Type), before.Type, Type, theirs.Type);
        Location = Met(nameof(Location), before.Location, Location, theirs.Location);
        Organisation = Met(nameof(Organisation), before.Organisation, Organisation, theirs.Organisation);
        Site = Met(nameof(Site), before.Site, Site, theirs.Site);
        Firmware = Met(nameof(Firmware), before.Firmware, Firmware, theirs.Firmware);
        Tags = Met(nameof(Tags), before.Tags, Tags, theirs.Tags);
        Groups = Met(nameof(Groups), before.Groups, Groups, theirs.Groups);
        return MeetMetadata(before.Metadata, theirs.Metadata) && _mends.Count == 0;
    }

    private static string? OrNull(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static ImmutableArray<string> Words(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];

    private static string Sentence(DescriptionFault fault) => $"{char.ToUpperInvariant(fault.Problem[0])}{fault.Problem[1..]} {fault.Mend}";

    private DeviceDescription Typed() => new(OrNull(Name), OrNull(Type), OrNull(Location), Words(Tags))
    {
        Organisation = OrNull(Organisation),
        Site = OrNull(Site),
        Firmware = OrNull(Firmware),
        Groups = Words(Groups),
        Metadata =
        [
            .. Metadata.Where(row => !row.IsBlank)
                .Select(row => new MetadataEntry(row.Key.Trim(), row.Value.Trim()))
                .OrderBy(entry => entry.Key, StringComparer.Ordinal),
        ],
    };

    private void Mark(DescriptionFault fault, DeviceDescription typed)
    {
        if (fault.Field.StartsWith(MetadataField, StringComparison.Ordinal))
        {
            MarkRow(fault, fault.Field[MetadataField.Length..]);
            return;
        }

        switch (fault.Field.Split('[')[0])
        {
            case "name":
                _mends[nameof(Name)] = OfText(typed.Name!);
                break;
            case "type":
                _mends[nameof(Type)] = OfText(typed.Type!);
                break;
            case "location":
                _mends[nameof(Location)] = OfText(typed.Location!);
                break;
            case "organisation":
                _mends[nameof(Organisation)] = OfText(typed.Organisation!);
                break;
            case "firmware":
                _mends[nameof(Firmware)] = OfText(typed.Firmware!);
                break;
            case "tags":
                _mends[nameof(Tags)] = OfWords(typed.Tags, "tags", DeviceDescription.MaxTags);
                break;
            case "groups":
                _mends[nameof(Groups)] = OfWords(typed.Groups, "groups", DeviceDescription.MaxGroups);
                break;
            case "metadata":
                _mends[nameof(Metadata)] = $"{typed.Metadata.Length} keys; a device has at most {DeviceDescription.MaxMetadata}.";
                break;
            default:
                _mends[nameof(Site)] = Sentence(fault);
                break;
        }

        string OfText(string text) =>
            text.Length > DeviceDescription.MaxTextLength ? $"{text.Length} characters; shorten it to {DeviceDescription.MaxTextLength}." : Sentence(fault);

        string OfWords(ImmutableArray<string> words, string what, int most)
        {
            var longest = words.Max(word => word.Length);
            return words.Length > most ? $"{words.Length} {what}; a device has at most {most}."
                : longest > DeviceDescription.MaxTextLength ? $"One has {longest} characters; shorten it to {DeviceDescription.MaxTextLength}."
                : Sentence(fault);
        }
    }

    private void MarkRow(DescriptionFault fault, string key)
    {
        // A key too long to be shown stands there cut off.
        var rows = Metadata.Where(row => !row.IsBlank && (row.Key.Trim() == key || (key.EndsWith('…') && row.Key.Trim().StartsWith(key[..^1], StringComparison.Ordinal)))).ToList();
        var twice = rows.Count > 1 && fault.Problem.Contains("twice", StringComparison.Ordinal);
        foreach (var row in twice ? rows.Skip(1) : rows)
            row.Mend ??= twice ? "The key comes twice; keep one of them." : Sentence(fault);
    }

    private string Met(string field, string before, string mine, string theirs)
    {
        if (mine.Trim() == before)
            return theirs;
        if (theirs != before && theirs != mine.Trim())
            _mends[field] = Overtaken(theirs);

        return mine;
    }

    private bool MeetMetadata(List<MetadataRow> before, List<MetadataRow> theirs)
    {
        var old = before.ToDictionary(row => row.Key, row => row.Value);
        var met = true;
        foreach (var row in Metadata.ToList())
        {
            var key = row.Key.Trim();
            row.Mend = null;
            var was = old.GetValueOrDefault(key);
            var now = theirs.Find(other => other.Key == key)?.Value;
            if (row.IsBlank || was == now || row.Value.Trim() == now)
                continue;

            if (row.Value.Trim() != was)
            {
                row.Mend = Overtaken(now ?? "");
                met = false;
            }
            else if (now is null)
            {
                Metadata.Remove(row);
            }
            else
            {
                row.Value = now;
            }
        }

        // A key that was there before and is not any more was taken out here.
        var here = Metadata.Select(row => row.Key.Trim()).ToHashSet();
        Metadata.AddRange(theirs.Where(row => !here.Contains(row.Key) && old.GetValueOrDefault(row.Key) != row.Value));
        return met;
    }

    private static string Overtaken(string theirs) =>
        $"Somebody else {(theirs.Length == 0 ? "emptied it" : $"made it “{theirs}”")} meanwhile; save again to put yours in its place.";
}
