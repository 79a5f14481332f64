using System.Collections.Immutable;
using System.Text;
using OrleansIot.Domain;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Interfaces.Devices;

namespace OrleansIot.Grains.Twins;

/// <summary>Shadows in the words of the public contract, and back.</summary>
internal static class DeviceShadowMessages
{
    // As the REST API. What a state may take is far less; it is counted once the document is read.
    private const int MaxDocumentLength = 2 * 1024 * 1024;

    public static readonly DeviceShadowAnswer NobodyAsks = new(DeviceMessages.NobodyAsks.Code, DeviceMessages.NobodyAsks.Detail, Version: null);

    public static bool TryParse(string? text, out ShadowName name)
    {
        name = ShadowName.Classic;
        return string.IsNullOrEmpty(text) || ShadowName.TryParse(text, out name);
    }

    public static ImmutableArray<string> NamesOf(Twin twin) => [.. twin.Shadows.Where(shadow => shadow.Exists).Select(shadow => shadow.Name.Value)];

    public static DeviceShadow ShadowOf(Shadow shadow, Instant at) => new(
        shadow.Name.IsClassic ? null : shadow.Name.Value,
        shadow.Version,
        Encoding.UTF8.GetString(ShadowMessages.Document(shadow, at, clientToken: null, withAuthors: true)));

    /// <summary>Null, and a fault, where the document is no request.</summary>
    public static ShadowRequest? RequestOf(string? document, int maxDepth, out ShadowFault? fault)
    {
        if (document?.Length > MaxDocumentLength)
        {
            fault = ShadowFault.TooLarge;
            return null;
        }

        return ShadowRequest.Read(Encoding.UTF8.GetBytes(document ?? ""), maxDepth, out fault, out _);
    }

    public static DeviceShadowAnswer Refuse(ShadowFault fault) => new(fault.Code, fault.Message, Version: null);

    public static DeviceShadowAnswer AnswerOf(Decision decision)
    {
        var (code, detail) = DeviceMessages.AnswerOf(decision);
        return new(code, detail, decision is Decision.Accepted accepted ? accepted.Events.Select(VersionOf).First(version => version is not null) : null);
    }

    private static long? VersionOf(TwinEvent happened) => happened switch
    {
        TwinEvent.ShadowUpdated updated => updated.ShadowVersion,
        TwinEvent.ShadowDeleted deleted => deleted.ShadowVersion,
        _ => null,
    };
}
