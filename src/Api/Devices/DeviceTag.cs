using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Net.Http.Headers;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Devices;

/// <summary>
/// The ETag of a device: its version, a mark of what people say about it, and the version of its type, whose units it is shown with.
/// Each reading moves the version. Who changes what people say is held to the mark alone, or nobody could edit a device that reports
/// every second; the version itself, as the device's document has it, serves too.
/// </summary>
internal sealed class DeviceTag
{
    // 96 bits: two of a device that differ and have the same are not to be expected in the life of a fleet.
    private const int MarkBytes = 12;

    private const char Gap = '.';

    private readonly string _version;
    private readonly string _mark;

    private DeviceTag(string version, string mark, long? type)
    {
        (_version, _mark) = (version, mark);
        Value = new(string.Create(CultureInfo.InvariantCulture, $"\"{version}{Gap}{mark}{Gap}{type}\""));
    }

    public EntityTagHeaderValue Value { get; }

    public static DeviceTag Of(Twin twin, TypeSchema? type) => new(twin.Version.ToString(CultureInfo.InvariantCulture), MarkOf(twin), type?.Type.Version);

    /// <summary>Whether people say about it what they said when that tag was made.</summary>
    public bool IsUnchangedSince(EntityTagHeaderValue tag) =>
        !tag.IsWeak && tag.Tag.AsSpan().Trim('"').ToString().Split(Gap) switch
        {
            [var version] => version == _version,
            [_, var mark, _] => mark == _mark,
            _ => false,
        };

    private static string MarkOf(Twin twin)
    {
        var said = new StringBuilder();
        var description = twin.Description;
        Add(said, description.Name);
        Add(said, description.Type);
        Add(said, description.Location);
        Add(said, description.Organisation);
        Add(said, description.Site);
        Add(said, description.Firmware);
        Add(said, description.Tags);
        Add(said, description.Groups);
        Add(said, [.. description.Metadata.Select(fact => fact.Key)]);
        Add(said, [.. description.Metadata.Select(fact => fact.Value)]);
        Add(said, twin.Maintenance is { } maintenance ? [maintenance.Since.ToString(), maintenance.Reason, maintenance.By] : []);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(said.ToString()), hash);
        return Base64Url.EncodeToString(hash[..MarkBytes]);
    }

    private static void Add(StringBuilder said, IReadOnlyCollection<string> texts)
    {
        said.Append(CultureInfo.InvariantCulture, $"{texts.Count};");
        foreach (var text in texts)
            Add(said, text);
    }

    // With its length before it, or "a" and "bc" would be said like "ab" and "c".
    private static void Add(StringBuilder said, string? text) => said.Append(CultureInfo.InvariantCulture, $"{text?.Length ?? -1}:{text}");
}
