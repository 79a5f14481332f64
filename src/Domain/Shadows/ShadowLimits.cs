namespace OrleansIot.Domain.Shadows;

/// <param name="MaxStateBytes">Of desired and reported together, as compact UTF-8 JSON.</param>
/// <param name="MaxDepth">Levels of keys below desired or reported.</param>
/// <param name="MaxShadows">Of one device, and those deleted within <see cref="Shadow.TombstoneLife"/>.</param>
/// <param name="RequireRegistration">A device that was never heard of has no shadows.</param>
public sealed record ShadowLimits(int MaxStateBytes = 8 * 1024, int MaxDepth = 6, int MaxShadows = 20, bool RequireRegistration = false)
{
    public static readonly ShadowLimits Default = new();
}
