namespace OrleansIot.Domain.Shadows;

/// <summary>
/// One shadow of a device: what is desired of it, what it reported, and the version that counts its updates. A deleted one is
/// kept for a while, because devices drop messages whose version is below the one they know.
/// </summary>
/// <param name="Version">Of the last update; 0: there was none.</param>
public sealed record Shadow(ShadowName Name, long Version = 0)
{
    // AWS IoT: a shadow created anew within 48 hours goes on counting, later it begins again.
    public static readonly TimeSpan TombstoneLife = TimeSpan.FromHours(48);

    public ShadowNode.Branch? Desired { get; init; }

    public ShadowNode.Branch? Reported { get; init; }

    public Instant UpdatedAt { get; init; }

    public Instant? DeletedAt { get; init; }

    public bool Exists => Version > 0 && DeletedAt is null;

    public int Size => ShadowTree.Size(Desired) + ShadowTree.Size(Reported);

    /// <summary>What is desired and not reported; null where that is nothing.</summary>
    public ShadowNode.Branch? Delta => ShadowTree.Difference(Desired, Reported);

    /// <summary>Nothing needs to be known of it any more.</summary>
    public bool IsForgotten(Instant at) => DeletedAt is { } deleted && at - deleted >= TombstoneLife;

    /// <param name="author">Who asked for what is desired.</param>
    public Shadow Updated(ShadowPatch patch, string author, Instant at) => new(Name, (IsForgotten(at) ? 0 : Version) + 1)
    {
        Desired = Section(Desired, patch.Desired, at, author),
        Reported = Section(Reported, patch.Reported, at, author: null),
        UpdatedAt = at,
    };

    public Shadow Deleted(Instant at) => new(Name, Version) { UpdatedAt = at, DeletedAt = at };

    internal static long Seconds(Instant at) => Math.DivRem(at.UnixMilliseconds, 1_000).Quotient;

    private static ShadowNode.Branch? Section(ShadowNode.Branch? current, ShadowNode? asked, Instant at, string? author) => asked switch
    {
        null => current,
        ShadowNode.Branch branch => ShadowTree.Merge(current, branch, Seconds(at), author),
        _ => null,
    };
}
