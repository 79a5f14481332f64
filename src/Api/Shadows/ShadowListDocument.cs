using OrleansIot.Domain;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Api.Shadows;

/// <summary>A shadow of a device, without its state.</summary>
/// <param name="Name">Its name; <c>$classic</c> for the one that has none.</param>
/// <param name="Version">How many updates it has had.</param>
/// <param name="UpdatedAt">When the last one was.</param>
/// <param name="InSync">Whether all that is desired has been reported.</param>
/// <param name="Bytes">What desired and reported take.</param>
internal sealed record ShadowListDocument(string Name, long Version, Instant UpdatedAt, bool InSync, int Bytes)
{
    public static ShadowListDocument Of(Shadow shadow) =>
        new(ShadowEndpoints.WordOf(shadow.Name), shadow.Version, shadow.UpdatedAt, shadow.Delta is null, shadow.Size);
}
