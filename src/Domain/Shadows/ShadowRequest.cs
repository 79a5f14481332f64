using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace OrleansIot.Domain.Shadows;

/// <summary>A request to update a shadow, as far as it can be judged without the shadow.</summary>
/// <param name="ExpectedVersion">The version that the shadow must have; null: any.</param>
public sealed record ShadowRequest(ShadowPatch State, long? ExpectedVersion, string? ClientToken)
{
    public const int MaxClientTokenBytes = 64;

    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>Judges a request in the order in which AWS IoT names what is wrong.</summary>
    /// <param name="clientToken">What a refusal gives back; null where it cannot be told.</param>
    /// <returns>Null: refused.</returns>
    public static ShadowRequest? Read(ReadOnlyMemory<byte> payload, int maxDepth, out ShadowFault? fault, out string? clientToken)
    {
        clientToken = null;
        if (payload.IsEmpty)
        {
            fault = ShadowFault.MissingPayload;
            return null;
        }

        if (!Utf8.IsValid(payload.Span))
        {
            fault = ShadowFault.NotUtf8;
            return null;
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(payload, AnyDepth);
        }
        catch (JsonException)
        {
            fault = ShadowFault.InvalidJson;
            return null;
        }

        using (document)
            return Read(document.RootElement, maxDepth, out fault, out clientToken);
    }

    /// <summary>The token of a request whose body has no other use; null where there is none, or no such body.</summary>
    public static string? ReadClientToken(ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty || !Utf8.IsValid(payload.Span))
            return null;

        try
        {
            using var document = JsonDocument.Parse(payload, AnyDepth);
            return document.RootElement.ValueKind == JsonValueKind.Object && TryReadClientToken(document.RootElement, out var token) ? token : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ShadowRequest? Read(JsonElement root, int maxDepth, out ShadowFault? fault, out string? clientToken)
    {
        clientToken = null;
        if (root.ValueKind != JsonValueKind.Object)
        {
            fault = ShadowFault.MissingState;
            return null;
        }

        var hasToken = TryReadClientToken(root, out clientToken);
        if (!root.TryGetProperty("state"u8, out var state))
        {
            fault = ShadowFault.MissingState;
            return null;
        }

        fault = Judge(state);
        if (fault is null && !hasToken)
            fault = ShadowFault.InvalidClientToken;
        if (fault is not null || !TryReadVersion(root, out var version, ref fault))
            return null;

        var patch = ReadState(state, maxDepth, out fault);
        return patch is null ? null : new ShadowRequest(patch, version, clientToken);
    }

    private static ShadowFault? Judge(JsonElement state)
    {
        if (state.ValueKind == JsonValueKind.Null)
            return null;
        if (state.ValueKind != JsonValueKind.Object)
            return ShadowFault.StateNotObject;
        if (state.TryGetProperty("desired"u8, out var desired) && desired.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
            return ShadowFault.DesiredNotObject;
        if (state.TryGetProperty("reported"u8, out var reported) && reported.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
            return ShadowFault.ReportedNotObject;

        foreach (var property in state.EnumerateObject())
        {
            // A delta is ours to say: devices send back what they got, and it means nothing.
            if (!property.NameEquals("desired"u8) && !property.NameEquals("reported"u8) && !property.NameEquals("delta"u8))
                return ShadowFault.InvalidNode;
        }

        return null;
    }

    private static ShadowPatch? ReadState(JsonElement state, int maxDepth, out ShadowFault? fault)
    {
        fault = null;
        if (state.ValueKind == JsonValueKind.Null)
            return ShadowPatch.Everything;

        var desired = state.TryGetProperty("desired"u8, out var section) ? ShadowJson.Read(section, maxDepth, out fault) : null;
        if (fault is not null)
            return null;

        var reported = state.TryGetProperty("reported"u8, out section) ? ShadowJson.Read(section, maxDepth, out fault) : null;
        return fault is not null ? null : new ShadowPatch(desired, reported);
    }

    // A null is what some serialisers make of a field that is not there.
    private static bool TryReadVersion(JsonElement root, out long? version, ref ShadowFault? fault)
    {
        version = null;
        if (!root.TryGetProperty("version"u8, out var value) || value.ValueKind == JsonValueKind.Null)
            return true;

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0)
        {
            version = number;
            return true;
        }

        fault = ShadowFault.InvalidVersion;
        return false;
    }

    private static bool TryReadClientToken(JsonElement root, out string? token)
    {
        token = null;
        if (!root.TryGetProperty("clientToken"u8, out var value) || value.ValueKind == JsonValueKind.Null)
            return true;
        if (value.ValueKind != JsonValueKind.String)
            return false;

        try
        {
            token = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return false; // half a surrogate pair
        }

        if (Encoding.UTF8.GetByteCount(token) <= MaxClientTokenBytes)
            return true;

        token = null;
        return false;
    }
}
