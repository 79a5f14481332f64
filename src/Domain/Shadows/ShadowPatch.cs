namespace OrleansIot.Domain.Shadows;

/// <summary>What a request says about a shadow's state. Stored with the event, so that the same shadow comes of it again.</summary>
/// <param name="Desired">Null: not mentioned. <see cref="ShadowNode.Leaf.Null"/>: to be removed.</param>
/// <param name="Reported">As <paramref name="Desired"/>.</param>
/// <param name="IsNull">The state itself was null, which removes both.</param>
public sealed record ShadowPatch(ShadowNode? Desired, ShadowNode? Reported, bool IsNull = false)
{
    /// <summary>Changes nothing but the version.</summary>
    public static readonly ShadowPatch Nothing = new(null, null);

    public static readonly ShadowPatch Everything = new(ShadowNode.Leaf.Null, ShadowNode.Leaf.Null, IsNull: true);
}
