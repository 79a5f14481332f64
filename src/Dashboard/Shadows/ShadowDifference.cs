using OrleansIot.Domain;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Dashboard.Shadows;

/// <summary>One value that is desired and not reported.</summary>
/// <param name="Path">Keys from the outermost, with dots between.</param>
/// <param name="Desired">As JSON.</param>
/// <param name="Reported">As JSON; null where nothing is.</param>
/// <param name="By">Who asked for it.</param>
/// <param name="Since">When they last did.</param>
public sealed record ShadowDifference(string Path, string Desired, string? Reported, string? By, Instant Since)
{
    public static IReadOnlyList<ShadowDifference> Of(Shadow shadow)
    {
        var differences = new List<ShadowDifference>();
        if (shadow.Delta is { } delta)
            Gather(differences, "", delta, shadow.Reported);

        return differences;
    }

    private static void Gather(List<ShadowDifference> differences, string path, ShadowNode wanted, ShadowNode? reported)
    {
        if (wanted is ShadowNode.Leaf leaf)
        {
            differences.Add(new(path, ShadowText.Compact(leaf), reported is null ? null : ShadowText.Compact(reported), leaf.Author, Instant.FromUnixSeconds(leaf.WrittenAt)));
            return;
        }

        foreach (var member in ((ShadowNode.Branch)wanted).Members)
            Gather(differences, path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value, Find(reported, member.Name));
    }

    private static ShadowNode? Find(ShadowNode? node, string name) => (node as ShadowNode.Branch)?.Members.FirstOrDefault(member => member.Name == name).Value;
}
