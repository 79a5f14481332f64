using System.Text;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Domain.Tests.Shadows;

public sealed class ShadowUpdateTests
{
    private readonly ShadowStory _story = new();

    [Fact]
    public void Only_what_a_request_mentions_changes() =>
        Assert.Equal(
            """{"reported":{"a":1,"b":{"c":5,"d":3}}}""",
            _story.Say("""{"reported":{"a":1,"b":{"c":2,"d":3}}}""").Say("""{"reported":{"b":{"c":5}}}""").State);

    [Theory]
    [InlineData("""{"reported":{"a":null}}""", """{"reported":{"b":{"c":2,"d":3},"e":[1]}}""")]
    [InlineData("""{"reported":{"missing":null}}""", """{"reported":{"a":1,"b":{"c":2,"d":3},"e":[1]}}""")]
    [InlineData("""{"reported":{"b":{"c":null}}}""", """{"reported":{"a":1,"b":{"d":3},"e":[1]}}""")]
    [InlineData("""{"reported":{"b":{"c":null,"d":null}}}""", """{"reported":{"a":1,"e":[1]}}""")]
    [InlineData("""{"reported":{"b":null}}""", """{"reported":{"a":1,"e":[1]}}""")]
    [InlineData("""{"reported":null}""", "{}")]
    [InlineData("null", "{}")]
    [InlineData("{}", """{"reported":{"a":1,"b":{"c":2,"d":3},"e":[1]}}""")]
    [InlineData("""{"reported":{}}""", """{"reported":{"a":1,"b":{"c":2,"d":3},"e":[1]}}""")]
    [InlineData("""{"reported":{"e":[2,3]}}""", """{"reported":{"a":1,"b":{"c":2,"d":3},"e":[2,3]}}""")]
    [InlineData("""{"reported":{"e":[]}}""", """{"reported":{"a":1,"b":{"c":2,"d":3},"e":[]}}""")]
    [InlineData("""{"reported":{"a":{"x":1}}}""", """{"reported":{"a":{"x":1},"b":{"c":2,"d":3},"e":[1]}}""")]
    [InlineData("""{"reported":{"b":7}}""", """{"reported":{"a":1,"b":7,"e":[1]}}""")]
    [InlineData("""{"reported":{"b":[7]}}""", """{"reported":{"a":1,"b":[7],"e":[1]}}""")]
    [InlineData("""{"reported":{"b":{}}}""", """{"reported":{"a":1,"b":{"c":2,"d":3},"e":[1]}}""")]
    [InlineData("""{"reported":{"n":{}}}""", """{"reported":{"a":1,"b":{"c":2,"d":3},"e":[1]}}""")]
    [InlineData("""{"reported":{"n":{"x":null}}}""", """{"reported":{"a":1,"b":{"c":2,"d":3},"e":[1]}}""")]
    [InlineData("""{"reported":{"n":{"x":null,"y":1}}}""", """{"reported":{"a":1,"b":{"c":2,"d":3},"e":[1],"n":{"y":1}}}""")]
    public void A_request_is_merged_into_what_was_there(string patch, string after)
    {
        _story.Say("""{"reported":{"a":1,"b":{"c":2,"d":3},"e":[1]}}""").Say(patch);

        Assert.Null(_story.Fault);
        Assert.Equal(after, _story.State);
        Assert.Equal(2, _story.Shadow!.Version);
    }

    [Fact]
    public void A_shadow_without_state_is_there_all_the_same()
    {
        _story.Say("""{"desired":{"a":1}}""").Say("null");

        Assert.True(_story.Shadow!.Exists);
        Assert.Equal(("{}", "{}"), (_story.State, _story.Metadata));
    }

    [Fact]
    public void A_number_reads_back_as_it_was_written() =>
        Assert.Equal(
            """{"a":1.0,"b":9007199254740993,"c":1E2,"d":-0.10}""",
            Encoding.UTF8.GetString(Written(_story.Say("""{"reported":{"a":1.0,"b":9007199254740993,"c":1E2,"d":-0.10}}""").Shadow!.Reported!)));

    [Fact]
    public void A_text_reads_back_whatever_its_spelling() =>
        Assert.Equal(
            """{"a\"b":"ü/\n\u0001😀"}""",
            Encoding.UTF8.GetString(Written(_story.Say("""{"reported":{"a\u0022b":"\u00fc\/\n\u0001\ud83d\ude00"}}""").Shadow!.Reported!)));

    [Fact]
    public void Versions_count_from_1_and_each_update_adds_1()
    {
        Assert.Equal(1, _story.Say("{}").Shadow!.Version);
        Assert.Equal(2, _story.Say("{}").Shadow!.Version);
    }

    [Fact]
    public void A_request_that_names_another_version_is_a_conflict_and_changes_nothing()
    {
        for (var i = 0; i < 10; i++)
            _story.Say("""{"reported":{"a":1}}""");
        var before = _story.Shadow;

        _story.Update("""{"state":{"reported":{"a":2}},"version":9}""");
        Assert.Equal((409, "Version conflict"), (_story.Fault!.Status, _story.Fault.Message));
        Assert.Same(before, _story.Shadow);

        _story.Update("""{"state":{"reported":{"a":2}},"version":10}""");
        Assert.Null(_story.Fault);
        Assert.Equal(11, _story.Shadow!.Version);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, null)]
    [InlineData(2, "Invalid version")]
    public void A_new_shadow_has_no_other_version_than_0_or_1(long version, string? message)
    {
        _story.Update($$"""{"state":{},"version":{{version}}}""");
        Assert.Equal(message, _story.Fault?.Message);
        Assert.Equal(message is null, _story.Shadow is not null);
    }

    [Fact]
    public void A_shadow_made_anew_within_48_hours_goes_on_counting()
    {
        _story.Say("""{"reported":{"a":1}}""").Say("{}").Delete();
        Assert.False(_story.Shadow!.Exists);

        _story.After(TimeSpan.FromHours(48) - TimeSpan.FromMilliseconds(1)).Say("""{"reported":{"b":1}}""");

        Assert.Equal(3, _story.Shadow!.Version);
        Assert.True(_story.Shadow.Exists);
        Assert.Equal("""{"reported":{"b":1}}""", _story.State);
    }

    [Fact]
    public void A_shadow_made_anew_after_48_hours_begins_again() =>
        Assert.Equal(1, _story.Say("{}").Say("{}").Delete().After(TimeSpan.FromHours(48)).Say("{}").Shadow!.Version);

    [Fact]
    public void A_state_of_8192_bytes_fits_and_one_of_8193_changes_nothing()
    {
        // {"a":"…"} is eight bytes and the text.
        _story.Say($$$"""{"desired":{"a":"{{{new string('x', 4_000)}}}"},"reported":{"a":"{{{new string('x', 8_192 - 4_008 - 8)}}}"}}""");
        Assert.Null(_story.Fault);
        Assert.Equal(8_192, _story.Shadow!.Size);
        var before = _story.Shadow;

        _story.Say($$$"""{"reported":{"a":"{{{new string('x', 8_192 - 4_008 - 7)}}}"}}""");

        Assert.Equal((413, "The payload exceeds the maximum size allowed"), (_story.Fault!.Status, _story.Fault.Message));
        Assert.Same(before, _story.Shadow);
    }

    [Fact]
    public void The_size_is_that_of_the_compact_text()
    {
        _story.Say("""{ "desired" : { "a" : [ 1 , 2 ] , "\u0062\"" : { "c" : "\u00fc\n" } } }""");
        Assert.Equal(Written(_story.Shadow!.Desired!).Length, _story.Shadow.Size);
    }

    [Fact]
    public void A_shadow_that_is_too_large_since_the_limit_was_lowered_may_become_smaller()
    {
        var large = _story.Say("""{"desired":{"a":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx","b":"y"}}""").Shadow;
        var request = ShadowRequest.Read("""{"state":{"desired":{"b":null}}}"""u8.ToArray(), 6, out _, out _)!;
        var more = ShadowRequest.Read("""{"state":{"desired":{"c":1}}}"""u8.ToArray(), 6, out _, out _)!;
        var low = ShadowLimits.Default with { MaxStateBytes = 10 };

        Assert.Null(ShadowRules.Update(large, ShadowName.Classic, request.State, null, "", _story.Now, low, out _));
        Assert.Equal(ShadowFault.TooLarge, ShadowRules.Update(large, ShadowName.Classic, more.State, null, "", _story.Now, low, out _));
    }

    [Fact]
    public void A_leaf_says_when_it_was_last_mentioned_with_whatever_value()
    {
        _story.Say("""{"reported":{"a":1,"b":2}}""").After(TimeSpan.FromSeconds(5)).Say("""{"reported":{"a":1}}""");

        Assert.Equal("""{"reported":{"a":{"timestamp":1700000005},"b":{"timestamp":1700000000}}}""", _story.Metadata);
    }

    [Fact]
    public void The_metadata_of_an_array_has_its_shape() =>
        Assert.Equal(
            """{"reported":{"a":[{"timestamp":1700000000},{"x":{"timestamp":1700000000}},[]]}}""",
            _story.Say("""{"reported":{"a":[1,{"x":2},[]]}}""").Metadata);

    [Fact]
    public void What_is_removed_leaves_no_metadata() =>
        Assert.Equal("{}", _story.Say("""{"reported":{"a":1}}""").Say("""{"reported":{"a":null}}""").Metadata);

    [Fact]
    public void What_is_desired_says_by_whom_and_what_is_reported_does_not()
    {
        _story.Update("""{"state":{"desired":{"a":1,"b":1},"reported":{"a":1}}}""", "alice").Update("""{"state":{"desired":{"b":1}}}""", "bob");

        Assert.Equal(["alice", "bob"], _story.Shadow!.Desired!.Members.Select(member => ((ShadowNode.Leaf)member.Value).Author));
        Assert.Equal([null], _story.Shadow.Reported!.Members.Select(member => ((ShadowNode.Leaf)member.Value).Author));
    }

    private static byte[] Written(ShadowNode node)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using var writer = ShadowJson.Writer(buffer);
        ShadowJson.Write(writer, node);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
