using System.Text;
using System.Text.Json;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Dashboard.Shadows;

/// <summary>What is being typed as the desired state of a shadow. It stays as it was typed, whatever happens to the shadow meanwhile.</summary>
public sealed class ShadowDraft
{
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    private readonly int _maxDepth;
    private readonly ShadowNode.Branch? _before;
    private ShadowNode.Branch? _met;

    /// <param name="shadow">As it is when typing begins; null where there is none.</param>
    public ShadowDraft(Shadow? shadow, int maxDepth)
    {
        _maxDepth = maxDepth;
        _before = _met = shadow?.Desired;
        BeganAt = Version = shadow?.Version ?? 0;
        Text = ShadowText.Of(_before);
    }

    public string Text { get; set; }

    /// <summary>The version that typing began with; 0: there was no such shadow.</summary>
    public long BeganAt { get; private set; }

    /// <summary>The version that is saved onto. Moves on by itself while only what is reported changes.</summary>
    public long Version { get; private set; }

    /// <summary>Somebody else changed what is desired, or deleted the shadow, since typing began: what the newest version is, for people.</summary>
    public string? Overtaken { get; private set; }

    /// <summary>Why it was not saved, and the mend.</summary>
    public string? Mend { get; private set; }

    /// <summary>The stable code of <see cref="Mend"/>.</summary>
    public string? Code { get; private set; }

    /// <summary>Keys that are desired and that the text leaves out: they stay.</summary>
    public IReadOnlyList<string> LeftOut { get; private set; } = [];

    /// <summary>What the text asks for beyond what was desired already; null while there is something to be mended.</summary>
    public ShadowPatch? Read()
    {
        (Mend, Code, LeftOut) = (null, null, []);
        if (Parse() is not { } typed)
            return null;

        if (typed is ShadowNode.Leaf)
            return new ShadowPatch(ShadowNode.Leaf.Null, null);

        var wanted = (ShadowNode.Branch)typed;
        LeftOut = [.. Missing("", _before, wanted)];

        // Only what is different is sent, so that who asked for the rest, and when, stays known.
        if (ShadowTree.Difference(wanted, _before) is { Members.IsEmpty: false } changed)
            return new ShadowPatch(changed, null);

        Mend = LeftOut.Count > 0 ? "Nothing to save: what is left out stays. Write null for a key to remove it." : "Nothing to save: this is desired already.";
        return null;
    }

    public void Refuse(string code, string reason) => (Code, Mend) = (code, reason);

    /// <summary>The shadow as it is by now.</summary>
    public void Meet(Shadow? now)
    {
        var version = now?.Version ?? 0;
        if (version == Version && Overtaken is null)
            return;

        if (AreAlike(now?.Desired, _met) && (now is null) == (Version == 0) && Overtaken is null)
        {
            Version = version;
            return;
        }

        _met = now?.Desired;
        Version = version;
        Overtaken = now is null
            ? $"It was deleted meanwhile; you began with version {BeganAt}. Your text is kept: saving makes the shadow anew with what you changed."
            : $"It is at version {version} by now; you began with version {BeganAt}{By(now)}. Your text is kept: saving changes in version {version} what you changed, and nothing else.";
    }

    /// <summary>The person has read <see cref="Overtaken"/> and saves nevertheless.</summary>
    public void Accept() => (Overtaken, BeganAt) = (null, Version);

    private static bool AreAlike(ShadowNode.Branch? one, ShadowNode.Branch? other) =>
        ShadowTree.Difference(one, other) is null && ShadowTree.Difference(other, one) is null;

    private static IEnumerable<string> Missing(string path, ShadowNode.Branch? before, ShadowNode.Branch typed)
    {
        foreach (var member in before?.Members ?? [])
        {
            var there = typed.Members.FirstOrDefault(other => other.Name == member.Name).Value;
            if (there is null)
                yield return path + member.Name;
            else if (member.Value is ShadowNode.Branch was && there is ShadowNode.Branch now)
            {
                foreach (var deeper in Missing($"{path}{member.Name}.", was, now))
                    yield return deeper;
            }
        }
    }

    private string By(Shadow now)
    {
        var changed = ShadowTree.Difference(now.Desired, _before);
        var authors = Authors(changed).Distinct(StringComparer.Ordinal).Take(3).ToList();
        return authors.Count > 0 ? $", and {string.Join(", ", authors)} changed {string.Join(", ", changed!.Members.Take(5).Select(member => member.Name))}" : "";
    }

    private static IEnumerable<string> Authors(ShadowNode? node) => node switch
    {
        ShadowNode.Leaf { Author: { } author } => [author],
        ShadowNode.Branch branch => branch.Members.SelectMany(member => Authors(member.Value)),
        _ => [],
    };

    private ShadowNode? Parse()
    {
        if (string.IsNullOrWhiteSpace(Text))
            return Refused(ShadowFault.MissingPayload, "Write an object, or null to desire nothing.");

        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(Text), AnyDepth);
            if (document.RootElement.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null))
                return Refused(ShadowFault.DesiredNotObject, "Put it between { and }.");

            return ShadowJson.Read(document.RootElement, _maxDepth, out var fault) ?? Refused(fault!, null);
        }
        catch (JsonException broken)
        {
            return Refused(ShadowFault.InvalidJson, $"Look at line {broken.LineNumber + 1}, character {broken.BytePositionInLine + 1}.");
        }
    }

    private ShadowNode? Refused(ShadowFault fault, string? mend)
    {
        Refuse(fault.Code, mend is null ? $"{fault.Message}." : $"{fault.Message}. {mend}");
        return null;
    }
}
