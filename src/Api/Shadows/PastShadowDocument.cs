using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansIot.Domain;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Api.Shadows;

/// <summary>A shadow as it was, in the words that <c>/shadows/{name}</c> has for it now.</summary>
/// <param name="Name">Its name; <c>$classic</c> for the one that has none.</param>
/// <param name="State"><c>desired</c>, <c>reported</c> and, where they differ, <c>delta</c>.</param>
/// <param name="Metadata">When each value was last mentioned, in seconds.</param>
/// <param name="DesiredBy">Who asked for each desired value; left out where nothing was desired.</param>
/// <param name="Version">How many updates it had had.</param>
/// <param name="Timestamp">The moment at which it was so, in seconds.</param>
public sealed record PastShadowDocument(
    string Name,
    JsonElement State,
    JsonElement Metadata,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? DesiredBy,
    long Version,
    long Timestamp)
{
    internal static PastShadowDocument Of(Shadow shadow, Instant at)
    {
        // Read from the one place that writes it, so that now and then never differ in form.
        var document = JsonElement.Parse(ShadowMessages.Document(shadow, at, clientToken: null, withDeltaMetadata: false, withAuthors: true));
        return new PastShadowDocument(
            ShadowEndpoints.WordOf(shadow.Name),
            document.GetProperty("state"),
            document.GetProperty("metadata"),
            document.TryGetProperty("desiredBy", out var authors) ? authors : null,
            shadow.Version,
            document.GetProperty("timestamp").GetInt64());
    }
}
