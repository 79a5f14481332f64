using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Domain.Tests.Shadows;

/// <summary>What holds of any states and requests. The merge is held to a second one, written over plain JSON nodes.</summary>
public sealed class ShadowProperties
{
    private static readonly Gen<string> Name = Gen.Elements("a", "b", "c", "d");

    private static readonly Gen<JsonNode?> Scalar = Gen.Elements<string?>("null", "1", "1.0", "2", "true", "\"x\"", "[]", "[1,2]", "[1.0,{\"k\":3}]").Select(text => JsonNode.Parse(text!));

    private static readonly Gen<JsonObject> Section = Object(4);

    private static Gen<JsonObject> Object(int depth) =>
        Name.Zip(depth == 0 ? Scalar : Gen.Frequency((3, Scalar), (2, Object(depth - 1).Select(node => (JsonNode?)node)))).ListOf().Select(members =>
        {
            var node = new JsonObject();
            foreach (var (name, value) in members.Take(6))
                node[name] = value?.DeepClone();
            return node;
        });

    [Fact]
    public void A_merge_is_what_the_plain_one_over_json_nodes_makes() => Prop.ForAll(Section.Zip(Section).ToArbitrary(), pair =>
    {
        var (first, second) = pair;
        var merged = Merge(Merge(null, first), second);
        var plain = Plain(Plain(null, first), second);
        Assert.Equal(Canonical(plain), merged is null ? null : Text(merged));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Merging_the_same_again_changes_nothing() => Prop.ForAll(Section.Zip(Section).ToArbitrary(), pair =>
    {
        var once = Merge(Merge(null, pair.Item1), pair.Item2);
        Assert.Equal(once, Merge(once, pair.Item2));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Reporting_the_delta_leaves_none() => Prop.ForAll(Section.Zip(Section).ToArbitrary(), pair =>
    {
        var (desired, reported) = (Merge(null, pair.Item1), Merge(null, pair.Item2));
        if (ShadowTree.Difference(desired, reported) is not { } delta)
            return;

        var after = ShadowTree.Merge(reported, delta, 1, null);
        Assert.Null(ShadowTree.Difference(desired, after));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nothing_differs_from_itself_and_all_differs_from_nothing() => Prop.ForAll(Section.ToArbitrary(), section =>
    {
        var tree = Merge(null, section);
        Assert.Null(ShadowTree.Difference(tree, tree));
        Assert.Equal(tree, ShadowTree.Difference(tree, null));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_was_written_reads_back_and_takes_as_many_bytes_as_counted() => Prop.ForAll(Section.ToArbitrary(), section =>
    {
        if (Merge(null, section) is not { } tree)
            return;

        var text = Text(tree);
        Assert.Equal(Encoding.UTF8.GetByteCount(text), ShadowTree.Size(tree));
        Assert.Equal(text, Text(ShadowJson.Read(Encoding.UTF8.GetBytes(text))!));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_accepted_request_has_a_higher_version_than_all_before_whatever_is_deleted_between() =>
        Prop.ForAll(Gen.Choose(0, 5).ListOf().ToArbitrary(), steps =>
        {
            var story = new ShadowStory();
            var last = 0L;
            foreach (var step in steps)
            {
                if (step == 0 && story.Shadow is { Exists: true })
                {
                    story.Delete();
                    continue;
                }

                story.After(TimeSpan.FromHours(1));
                story.Update(step == 1 ? $$"""{"state":{},"version":{{last}}}""" : $$$"""{"state":{"reported":{"a":{{{step}}} } } }""");
                if (story.Fault is null)
                {
                    Assert.Equal(last + 1, story.Shadow!.Version);
                    last = story.Shadow.Version;
                }
            }
        }).QuickCheckThrowOnFailure();

    private static ShadowNode.Branch? Merge(ShadowNode.Branch? current, JsonObject patch) =>
        ShadowTree.Merge(current, (ShadowNode.Branch)ShadowJson.Read(Encoding.UTF8.GetBytes(patch.ToJsonString()))!, 1, "me");

    private static JsonObject? Plain(JsonObject? current, JsonObject patch)
    {
        var merged = current?.DeepClone().AsObject() ?? [];
        foreach (var (name, value) in patch)
        {
            var there = merged.TryGetPropertyValue(name, out var old) ? old as JsonObject : null;
            var next = value is JsonObject nested ? Plain(there, nested) : value?.DeepClone();
            merged.Remove(name);
            if (next is not null)
                merged[name] = next.Parent is null ? next : next.DeepClone();
        }

        return merged.Count == 0 ? null : merged;
    }

    private static string? Canonical(JsonObject? node) => node is null ? null : Sorted(node).ToJsonString();

    private static JsonObject Sorted(JsonObject node) => new(node.OrderBy(member => member.Key, StringComparer.Ordinal)
        .Select(member => KeyValuePair.Create(member.Key, member.Value is JsonObject nested ? Sorted(nested) : member.Value?.DeepClone())));

    private static string Text(ShadowNode node)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using var writer = ShadowJson.Writer(buffer);
        ShadowJson.Write(writer, node);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
