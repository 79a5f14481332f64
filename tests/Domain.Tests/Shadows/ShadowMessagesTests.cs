using System.Text;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Domain.Tests.Shadows;

public sealed class ShadowMessagesTests
{
    private readonly ShadowStory _story = new();

    [Theory]
    [InlineData(
        """{"desired":{"lights":{"color":{"r":255,"g":255,"b":255}}},"reported":{"lights":{"color":{"r":255,"g":0,"b":255}}}}""",
        """{"version":7,"timestamp":1700000000,"state":{"lights":{"color":{"g":255}}},"metadata":{"lights":{"color":{"g":{"timestamp":1700000000}}}}}""")]
    [InlineData(
        """{"desired":{"color":"RED","state":"STOP"},"reported":{"color":"GREEN","engine":"ON"}}""",
        """{"version":7,"timestamp":1700000000,"state":{"color":"RED","state":"STOP"},"metadata":{"color":{"timestamp":1700000000},"state":{"timestamp":1700000000}}}""")]
    [InlineData("""{"desired":{"a":[1,2]},"reported":{"a":[1,3]}}""", """{"version":7,"timestamp":1700000000,"state":{"a":[1,2]},"metadata":{"a":[{"timestamp":1700000000},{"timestamp":1700000000}]}}""")]
    [InlineData("""{"desired":{"a":{"b":1}},"reported":{"a":5}}""", """{"version":7,"timestamp":1700000000,"state":{"a":{"b":1}},"metadata":{"a":{"b":{"timestamp":1700000000}}}}""")]
    [InlineData("""{"desired":{"a":"1"},"reported":{"a":1}}""", """{"version":7,"timestamp":1700000000,"state":{"a":"1"},"metadata":{"a":{"timestamp":1700000000}}}""")]
    public void The_delta_is_what_is_desired_and_not_reported(string state, string delta) =>
        Assert.Equal(delta, Text(ShadowMessages.Delta(_story.Say(state).Shadow!.Delta!, 7, _story.Now, null)));

    [Theory]
    [InlineData("""{"desired":{"a":1},"reported":{"a":1.0}}""")]
    [InlineData("""{"desired":{"a":[1,{"x":10,"y":2}]},"reported":{"a":[1.0,{"y":2,"x":1e1}]}}""")]
    [InlineData("""{"desired":{"a":"\u0041"},"reported":{"a":"A","b":5}}""")]
    [InlineData("""{"reported":{"a":1}}""")]
    [InlineData("{}")]
    public void Without_a_difference_there_is_no_delta(string state) => Assert.Null(_story.Say(state).Delta);

    [Fact]
    public void What_is_removed_from_reported_while_it_is_desired_is_a_difference_again()
    {
        Assert.Null(_story.Say("""{"desired":{"a":1},"reported":{"a":1}}""").Delta);
        Assert.NotNull(_story.Say("""{"reported":{"a":null}}""").Delta);
    }

    [Fact]
    public void Integers_beyond_the_doubles_are_told_apart() =>
        Assert.NotNull(_story.Say("""{"desired":{"a":9007199254740993},"reported":{"a":9007199254740992}}""").Delta);

    [Fact]
    public void An_update_is_answered_with_what_it_held_its_nulls_and_their_times()
    {
        _story.Say("""{"desired":{"z":1}}""").Update("""{"state":{"desired":{"n":null,"e":{}},"reported":{"t":21}},"clientToken":"x\""}""");

        Assert.Equal(
            """{"state":{"desired":{"e":{},"n":null},"reported":{"t":21}},"metadata":{"desired":{"e":{},"n":{"timestamp":1700000000}},"reported":{"t":{"timestamp":1700000000}}},"version":2,"timestamp":1700000000,"clientToken":"x\""}""",
            Text(ShadowMessages.Accepted(_story.Request!.State, 2, _story.Now, _story.ClientToken)));
    }

    [Theory]
    [InlineData("null", """{"state":null,"metadata":{},"version":1,"timestamp":1700000000}""")]
    [InlineData("{}", """{"state":{},"metadata":{},"version":1,"timestamp":1700000000}""")]
    [InlineData("""{"desired":null}""", """{"state":{"desired":null},"metadata":{"desired":{"timestamp":1700000000}},"version":1,"timestamp":1700000000}""")]
    public void An_update_that_removes_is_answered_with_that(string state, string accepted) =>
        Assert.Equal(accepted, Text(ShadowMessages.Accepted(_story.Say(state).Request!.State, 1, _story.Now, null)));

    [Fact]
    public void A_shadow_is_told_with_its_delta_and_that_one_s_metadata_only_when_asked()
    {
        _story.Say("""{"desired":{"a":1},"reported":{"a":2}}""");

        Assert.Equal(
            """{"state":{"desired":{"a":1},"reported":{"a":2},"delta":{"a":1}},"metadata":{"desired":{"a":{"timestamp":1700000000}},"reported":{"a":{"timestamp":1700000000}}},"version":1,"timestamp":1700000000,"clientToken":"t"}""",
            Text(ShadowMessages.Document(_story.Shadow!, _story.Now, "t")));
        Assert.Contains("""}},"delta":{"a":{"timestamp":1700000000}}}""", Text(ShadowMessages.Document(_story.Shadow!, _story.Now, "t", withDeltaMetadata: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_documents_are_the_shadow_before_and_after_without_delta()
    {
        var first = _story.Say("""{"desired":{"a":1}}""").Shadow!;
        Assert.Equal(
            """{"previous":null,"current":{"state":{"desired":{"a":1}},"metadata":{"desired":{"a":{"timestamp":1700000000}}},"version":1},"timestamp":1700000000}""",
            Text(ShadowMessages.Documents(null, first, _story.Now, null)));

        var second = _story.Say("""{"desired":{"a":2}}""").Shadow!;
        Assert.Equal(
            """{"previous":{"state":{"desired":{"a":1}},"metadata":{"desired":{"a":{"timestamp":1700000000}}},"version":1},"current":{"state":{"desired":{"a":2}},"metadata":{"desired":{"a":{"timestamp":1700000000}}},"version":2},"timestamp":1700000000,"clientToken":"c"}""",
            Text(ShadowMessages.Documents(first, second, _story.Now, "c")));
    }

    [Fact]
    public void After_a_deletion_there_is_no_previous_document()
    {
        var gone = _story.Say("""{"desired":{"a":1}}""").Delete().Shadow!;
        Assert.StartsWith("""{"previous":null,""", Text(ShadowMessages.Documents(gone, _story.Say("{}").Shadow!, _story.Now, null)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_deletion_is_answered_with_the_version_that_was_deleted() =>
        Assert.Equal("""{"version":4,"timestamp":1700000000,"clientToken":"c"}""", Text(ShadowMessages.Deleted(4, _story.Now, "c")));

    [Fact]
    public void A_refusal_has_a_code_and_a_text() =>
        Assert.Equal(
            """{"code":404,"message":"No shadow exists with name: 'lamp'","timestamp":1700000000}""",
            Text(ShadowMessages.Rejected(404, ShadowFault.Unknown(ShadowName.Parse("lamp"), "thing").Message, _story.Now, null)));

    private static string Text(byte[] json) => Encoding.UTF8.GetString(json);
}
