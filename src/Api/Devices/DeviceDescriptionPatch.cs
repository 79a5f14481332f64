using System.Collections.Immutable;
using System.Text.Json;
using OrleansIot.Api.Http;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Api.Devices;

/// <summary>
/// Applies a JSON merge patch (RFC 7396) to a device's description; finds all faults at once. Here only the JSON is judged: what a
/// description may say, <see cref="DescriptionRules"/> know.
/// </summary>
internal sealed class DeviceDescriptionPatch(DeviceDescription before)
{
    private const string Members = "Send name, type, location, organisation, site, firmware, tags, groups or metadata.";

    private readonly List<Fault> _faults = [];

    public IReadOnlyList<Fault> Faults => _faults;

    public DeviceDescription Apply(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Refuse(before, "$", "is not an object.", "Send { \"name\": \"…\" }.");

            var after = document.RootElement.EnumerateObject().Aggregate(before, Apply);
            _faults.AddRange(DescriptionRules.Check(after).Select(fault => new Fault(fault.Field, fault.Problem, fault.Mend, fault.Code)));
            return after;
        }
        catch (JsonException e)
        {
            return Refuse(before, "$", $"is not JSON: {e.Message}", "Send { \"name\": \"…\" }.");
        }
    }

    private DeviceDescription Apply(DeviceDescription description, JsonProperty member) => member.Name switch
    {
        "name" => description with { Name = Text(member) },
        "type" => description with { Type = Text(member) },
        "location" => description with { Location = Text(member) },
        "organisation" => description with { Organisation = Text(member) },
        "site" => description with { Site = Text(member) },
        "firmware" => description with { Firmware = Text(member) },
        "tags" => description with { Tags = Words(member, DeviceDescription.MaxTags) },
        "groups" => description with { Groups = Words(member, DeviceDescription.MaxGroups) },
        "metadata" => description with { Metadata = Metadata(description.Metadata, member) },
        _ => Refuse(description, member.Name, "cannot be changed, or is not a member of a device.", Members),
    };

    private string? Text(JsonProperty member)
    {
        if (member.Value.ValueKind == JsonValueKind.String)
            return member.Value.GetString()!.Trim();

        if (member.Value.ValueKind != JsonValueKind.Null)
            _faults.Add(new(member.Name, "is not a text.", $"Send 1 to {DeviceDescription.MaxTextLength} characters, or null to take it away."));

        return null;
    }

    private ImmutableArray<string> Words(JsonProperty member, int most)
    {
        if (member.Value.ValueKind == JsonValueKind.Null)
            return [];

        if (member.Value.ValueKind == JsonValueKind.Array && member.Value.EnumerateArray().All(word => word.ValueKind == JsonValueKind.String))
            return [.. member.Value.EnumerateArray().Select(word => word.GetString()!.Trim()).Distinct(StringComparer.Ordinal)];

        _faults.Add(new(member.Name, "is not a list of texts.", $"Send at most {most} texts of 1 to {DeviceDescription.MaxTextLength} characters."));
        return [];
    }

    private ImmutableArray<MetadataEntry> Metadata(ImmutableArray<MetadataEntry> entries, JsonProperty member)
    {
        if (member.Value.ValueKind == JsonValueKind.Null)
            return [];

        if (member.Value.ValueKind != JsonValueKind.Object)
        {
            _faults.Add(new(member.Name, "is not an object.", "Send { \"serial\": \"…\" }; null takes a key away."));
            return entries;
        }

        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
            facts[key] = value;

        foreach (var fact in member.Value.EnumerateObject())
        {
            if (fact.Value.ValueKind == JsonValueKind.Null)
                facts.Remove(fact.Name);
            else if (fact.Value.ValueKind == JsonValueKind.String)
                facts[fact.Name] = fact.Value.GetString()!.Trim();
            else
                _faults.Add(new($"metadata.{fact.Name}", "is not a text.", $"Send 1 to {DeviceDescription.MaxMetadataValueLength} characters in quotation marks, or null to take it away."));
        }

        return [.. facts.Select(fact => new MetadataEntry(fact.Key, fact.Value))];
    }

    private DeviceDescription Refuse(DeviceDescription unchanged, string path, string message, string mend)
    {
        _faults.Add(new Fault(path, message, mend));
        return unchanged;
    }
}
