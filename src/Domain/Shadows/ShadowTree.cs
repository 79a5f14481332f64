using System.Collections.Immutable;

namespace OrleansIot.Domain.Shadows;

/// <summary>What two trees of a shadow make together.</summary>
public static class ShadowTree
{
    /// <summary>
    /// The section after a request: what it mentions is replaced and stamped, what it sets to null is gone, and what is left
    /// without a leaf is not stored.
    /// </summary>
    /// <returns>Null: nothing is left.</returns>
    public static ShadowNode.Branch? Merge(ShadowNode.Branch? current, ShadowNode.Branch patch, long at, string? author)
    {
        var old = current is null ? [] : current.Members.AsSpan();
        var asked = patch.Members.AsSpan();
        if (asked.IsEmpty)
            return current;

        var merged = ImmutableArray.CreateBuilder<ShadowMember>(old.Length + asked.Length);
        while (!old.IsEmpty || !asked.IsEmpty)
        {
            var order = old.IsEmpty ? 1 : asked.IsEmpty ? -1 : string.CompareOrdinal(old[0].Name, asked[0].Name);
            if (order < 0)
            {
                merged.Add(old[0]);
            }
            else if (Replaced(order == 0 ? old[0].Value : null, asked[0].Value, at, author) is { } value)
            {
                // The stored name, where there is one: a request's copy of it is not kept alive.
                merged.Add(new ShadowMember(order == 0 ? old[0].Name : asked[0].Name, value));
            }

            if (order <= 0)
                old = old[1..];
            if (order >= 0)
                asked = asked[1..];
        }

        return merged.Count == 0 ? null : new ShadowNode.Branch(merged.DrainToImmutable());
    }

    /// <summary>Every leaf of <paramref name="desired"/> that <paramref name="reported"/> has not, or has with another value.</summary>
    /// <returns>Null: no difference.</returns>
    public static ShadowNode.Branch? Difference(ShadowNode.Branch? desired, ShadowNode.Branch? reported)
    {
        if (desired is null || reported is null)
            return desired;

        ImmutableArray<ShadowMember>.Builder? different = null;
        var there = reported.Members.AsSpan();
        foreach (var wanted in desired.Members)
        {
            while (!there.IsEmpty && string.CompareOrdinal(there[0].Name, wanted.Name) < 0)
                there = there[1..];

            var found = !there.IsEmpty && there[0].Name == wanted.Name ? there[0].Value : null;
            if (Different(wanted.Value, found) is { } value)
                (different ??= ImmutableArray.CreateBuilder<ShadowMember>()).Add(wanted with { Value = value });
        }

        return different is null ? null : new ShadowNode.Branch(different.DrainToImmutable());
    }

    /// <summary>What the section takes as compact UTF-8 JSON.</summary>
    public static int Size(ShadowNode? node)
    {
        switch (node)
        {
            case ShadowNode.Leaf leaf:
                return leaf.Json.Length;
            case ShadowNode.Branch branch:
                var size = 2 + Math.Max(0, branch.Members.Length - 1); // braces and commas
                foreach (var member in branch.Members)
                    size += ShadowJson.SizeOfText(member.Name) + 1 + Size(member.Value);
                return size;
            default:
                return 0;
        }
    }

    private static ShadowNode? Replaced(ShadowNode? current, ShadowNode asked, long at, string? author) => asked switch
    {
        ShadowNode.Leaf { IsNull: true } => null,
        ShadowNode.Leaf leaf => leaf.Stamped(at, author),
        ShadowNode.Branch branch => Merge(current as ShadowNode.Branch, branch, at, author),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static ShadowNode? Different(ShadowNode wanted, ShadowNode? found) => (wanted, found) switch
    {
        (ShadowNode.Leaf leaf, ShadowNode.Leaf other) => leaf.HasValueOf(other) ? null : leaf,
        (ShadowNode.Branch branch, ShadowNode.Branch other) => Difference(branch, other),
        _ => wanted,
    };
}
