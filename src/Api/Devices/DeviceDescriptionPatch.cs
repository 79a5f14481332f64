using System.Collections.Immutable;
using System.Text.Json;
using OrleansIot.Api.Http;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Api.Devices;

/// <summary>Applies a JSON merge patch (RFC 7396) to a device's description; finds all faults at once.</summary>
internal sealed class DeviceDescriptionPatch(DeviceDescription before)
{
    private readonly List<Fault> _faults = [];

    public IReadOnlyList<Fault> Faults => _faults;

    public DeviceDescription Apply(ReadOnlyMemory<byte> utf8Json)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8Json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.EnumerateObject().Aggregate(before, Apply)
                : Refuse("$", "is not an object.", "Send { \"name\": \"…\" }.");
        }
        catch (JsonException e)
        {
            return Refuse("$", $"is not JSON: {e.Message}", "Send { \"name\": \"…\" }.");
        }
    }

    private DeviceDescription Apply(DeviceDescription description, JsonProperty member) => member.Name switch
    {
        "name" => description with { Name = Text(member) },
        "type" => description with { Type = Text(member) },
        "location" => description with { Location = Text(member) },
        "tags" => description with { Tags = Tags(member) },
        _ => Refuse(member.Name, "cannot be changed, or is not a member of a device.", "Send name, type, location or tags."),
    };

    private string? Text(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String when IsText(member.Value.GetString()!) => member.Value.GetString()!.Trim(),
        _ => RefuseText(member.Name),
    };

    private ImmutableArray<string> Tags(JsonProperty member)
    {
        if (member.Value.ValueKind == JsonValueKind.Null)
            return [];

        if (member.Value.ValueKind == JsonValueKind.Array
            && member.Value.GetArrayLength() <= DeviceDescription.MaxTags
            && member.Value.EnumerateArray().All(tag => tag.ValueKind == JsonValueKind.String && IsText(tag.GetString()!)))
        {
            return [.. member.Value.EnumerateArray().Select(tag => tag.GetString()!.Trim()).Distinct(StringComparer.Ordinal)];
        }

        Refuse(member.Name, "is not a list of tags.", $"Send at most {DeviceDescription.MaxTags} texts of 1 to {DeviceDescription.MaxTextLength} characters.");
        return [];
    }

    private static bool IsText(string text) =>
        !string.IsNullOrWhiteSpace(text) && text.Length <= DeviceDescription.MaxTextLength && !text.Any(char.IsControl);

    private string? RefuseText(string path)
    {
        Refuse(path, "is not a text that fits.", $"Send 1 to {DeviceDescription.MaxTextLength} characters, or null to take it away.");
        return null;
    }

    private DeviceDescription Refuse(string path, string message, string mend)
    {
        _faults.Add(new Fault(path, message, mend));
        return before;
    }
}
