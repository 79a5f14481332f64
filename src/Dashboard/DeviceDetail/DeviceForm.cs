using System.Collections.Immutable;
using OrleansIot.Domain.Devices;

namespace OrleansIot.Dashboard.DeviceDetail;

/// <summary>What people say about a device, as they type it.</summary>
public sealed class DeviceForm
{
    private DeviceDescription _before = DeviceDescription.None;

    public string Name { get; set; } = "";

    public string Type { get; set; } = "";

    public string Location { get; set; } = "";

    /// <summary>With commas between.</summary>
    public string Tags { get; set; } = "";

    /// <summary>By field: what is wrong, and the mend.</summary>
    public IReadOnlyDictionary<string, string> Mends { get; private set; } = ImmutableDictionary<string, string>.Empty;

    public static DeviceForm Of(DeviceDescription description) => new()
    {
        _before = description,
        Name = description.Name ?? "",
        Type = description.Type ?? "",
        Location = description.Location ?? "",
        Tags = string.Join(", ", description.Tags),
    };

    /// <summary>Null while something is to be mended.</summary>
    public DeviceDescription? Describe()
    {
        var tags = Tags.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToImmutableArray();
        var mends = new Dictionary<string, string>();
        Check(nameof(Name), Name.Trim().Length);
        Check(nameof(Type), Type.Trim().Length);
        Check(nameof(Location), Location.Trim().Length);
        Check(nameof(Tags), tags.Select(tag => tag.Length).DefaultIfEmpty().Max());
        if (tags.Length > DeviceDescription.MaxTags)
            mends[nameof(Tags)] = $"{tags.Length} tags; a device has at most {DeviceDescription.MaxTags}.";

        Mends = mends;
        return mends.Count == 0 ? _before with { Name = OrNull(Name), Type = OrNull(Type), Location = OrNull(Location), Tags = tags } : null;

        void Check(string field, int length)
        {
            if (length > DeviceDescription.MaxTextLength)
                mends[field] = $"{length} characters; shorten it to {DeviceDescription.MaxTextLength}.";
        }
    }

    private static string? OrNull(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
