namespace OrleansIot.Domain.Shadows;

/// <summary>What a shadow says to a request. The steps that need no shadow are <see cref="ShadowRequest"/>'s.</summary>
public static class ShadowRules
{
    /// <summary>Null: the update is accepted, and <see cref="Shadow.Updated"/> is what comes of it.</summary>
    /// <param name="shadow">Null: there is none.</param>
    /// <param name="expected">The version that the request names.</param>
    /// <param name="after">The shadow as it would be.</param>
    public static ShadowFault? Update(Shadow? shadow, ShadowName name, ShadowPatch patch, long? expected, string author, Instant at, ShadowLimits limits, out Shadow after)
    {
        var before = shadow is null || shadow.IsForgotten(at) ? new Shadow(name) : shadow;
        after = before;

        // The version of a deleted shadow passes: aws-iot-device-sdk sends it with the update that makes the shadow anew.
        if (expected is { } version && version != before.Version)
        {
            if (before.Exists)
                return ShadowFault.VersionConflict;
            if (version is not (0 or 1))
                return ShadowFault.InvalidVersion;
        }

        after = before.Updated(patch, author, at);

        // One that is too large because the limit was lowered may still be made smaller.
        var size = after.Size;
        return size > limits.MaxStateBytes && size > before.Size ? ShadowFault.TooLarge : null;
    }
}
