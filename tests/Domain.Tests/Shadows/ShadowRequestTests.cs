using System.Text;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Domain.Tests.Shadows;

/// <summary>What of a request can be judged without the shadow: the texts and their order are AWS IoT's.</summary>
public sealed class ShadowRequestTests
{
    [Theory]
    [InlineData("", 400, "Missing update payload")]
    [InlineData("{", 400, "Invalid JSON")]
    [InlineData("""{"state":{"desired":{"a":1,}}}""", 400, "Invalid JSON")]
    [InlineData("""{"state":{"desired":{"a":"\ud800"}}}""", 400, "Invalid JSON")]
    [InlineData("""{"state":{"desired":{"\ud800":1}}}""", 400, "Invalid JSON")]
    [InlineData("{}", 400, "Missing required node: state")]
    [InlineData("[]", 400, "Missing required node: state")]
    [InlineData("""{"state":[]}""", 400, "State node must be an object")]
    [InlineData("""{"state":5}""", 400, "State node must be an object")]
    [InlineData("""{"state":{"desired":5}}""", 400, "Desired node must be an object")]
    [InlineData("""{"state":{"desired":[]}}""", 400, "Desired node must be an object")]
    [InlineData("""{"state":{"reported":"on"}}""", 400, "Reported node must be an object")]
    [InlineData("""{"state":{"wanted":{}}}""", 400, "State contains an invalid node")]
    [InlineData("""{"state":{"desired":{"a":[1,null]}}}""", 400, "State contains an invalid node")]
    [InlineData("""{"state":{"desired":{"a":[[null]]}}}""", 400, "State contains an invalid node")]
    [InlineData("""{"state":{"desired":{"a":1e99999999999}}}""", 400, "State contains an invalid node")]
    [InlineData("""{"state":{},"clientToken":5}""", 400, "Invalid clientToken")]
    [InlineData("""{"state":{},"clientToken":"\ud800"}""", 400, "Invalid clientToken")]
    [InlineData("""{"state":{},"version":"1"}""", 400, "Invalid version")]
    [InlineData("""{"state":{},"version":-1}""", 400, "Invalid version")]
    [InlineData("""{"state":{},"version":1.5}""", 400, "Invalid version")]
    [InlineData("""{"state":{"desired":{"1":{"2":{"3":{"4":{"5":{"6":{"7":1}}}}}}}}}""", 400, "JSON contains too many levels of nesting; maximum is 6")]
    [InlineData("""{"state":{"reported":{"1":{"2":{"3":{"4":{"5":{"6":[1]}}}}}}}}""", 400, "JSON contains too many levels of nesting; maximum is 6")]
    [InlineData("""{"state":{"reported":{"1":[[[[[[[[[[1]]]]]]]]]]}}}""", 400, "JSON contains too many levels of nesting; maximum is 6")]
    public void A_request_that_is_wrong_is_told_so_in_the_words_of_aws(string json, int code, string message)
    {
        var fault = Judge(Encoding.UTF8.GetBytes(json));
        Assert.Equal((code, message), (fault?.Status, fault?.Message));
    }

    [Theory]
    [InlineData("""{"state":null,"clientToken":5,"version":"x"}""", "Invalid clientToken")]
    [InlineData("""{"state":{"x":1,"reported":1},"clientToken":5}""", "Reported node must be an object")]
    [InlineData("""{"state":{"desired":{"1":{"2":{"3":{"4":{"5":{"6":{"7":1}}}}}}}},"version":-1}""", "Invalid version")]
    public void Of_several_faults_the_first_in_the_order_of_aws_is_told(string json, string message) =>
        Assert.Equal(message, Judge(Encoding.UTF8.GetBytes(json))?.Message);

    [Theory]
    [InlineData("""{"state":{}}""")]
    [InlineData("""{"state":null}""")]
    [InlineData("""{"state":{"desired":{},"reported":null}}""")]
    [InlineData("""{"state":{"desired":{"1":{"2":{"3":{"4":{"5":{"6":1}}}}}}}}""")]
    [InlineData("""{"state":{"desired":{"a":1},"delta":[]}}""")]
    [InlineData("""{"state":{"desired":{"a":[]}},"anything":[null],"else":{}}""")]
    [InlineData("""{"state":{},"clientToken":null,"version":null}""")]
    [InlineData("""{"state":{},"clientToken":"ok","version":0}""")]
    public void A_request_that_is_right_is_taken(string json) => Assert.Null(Judge(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Bytes_that_are_not_utf_8_are_told_apart_from_json_that_is_wrong() =>
        Assert.Equal((415, "Unsupported documented encoding; supported encoding is UTF-8"), Judge([.. "{\"state\":{\"desired\":{\"a\":\""u8, 0xFF, .. "\"}}}"u8]) is { } fault ? (fault.Status, fault.Message) : default);

    [Fact]
    public void A_client_token_has_at_most_64_bytes()
    {
        Assert.Null(Judge(Token(new string('x', 64))));
        Assert.Equal("Invalid clientToken", Judge(Token(new string('x', 65)))?.Message);
        Assert.Equal("Invalid clientToken", Judge(Token(new string('ü', 33)))?.Message);
    }

    [Fact]
    public void A_refusal_gives_back_the_client_token_where_one_can_be_told()
    {
        ShadowRequest.Read("""{"clientToken":"me"}"""u8.ToArray(), 6, out _, out var token);
        Assert.Equal("me", token);

        ShadowRequest.Read("""{"state":{},"clientToken":"me" """u8.ToArray(), 6, out _, out token);
        Assert.Null(token);
    }

    [Fact]
    public void A_body_of_no_other_use_may_carry_a_client_token()
    {
        Assert.Equal("me", ShadowRequest.ReadClientToken("""{"clientToken":"me"}"""u8.ToArray()));
        Assert.Null(ShadowRequest.ReadClientToken(""u8.ToArray()));
        Assert.Null(ShadowRequest.ReadClientToken("hello"u8.ToArray()));
        Assert.Null(ShadowRequest.ReadClientToken("[]"u8.ToArray()));
    }

    [Fact]
    public void Of_a_key_that_comes_twice_the_last_one_counts() =>
        Assert.Equal("""{"desired":{"a":2,"b":3},"delta":{"a":2,"b":3}}""", new ShadowStory().Say("""{"desired":{"b":3,"a":1,"a":2}}""").State);

    [Fact]
    public void A_payload_of_nothing_but_brackets_is_refused_without_a_deep_stack() =>
        Assert.Equal("Invalid JSON", Judge(Encoding.UTF8.GetBytes(new string('[', 100_000)))?.Message);

    [Fact]
    public void A_payload_of_many_levels_is_refused_without_a_deep_stack()
    {
        var deep = """{"state":{"desired":{"a":""" + new string('[', 60_000) + new string(']', 60_000) + "}}}";
        Assert.Equal("JSON contains too many levels of nesting; maximum is 6", Judge(Encoding.UTF8.GetBytes(deep))?.Message);
    }

    private static byte[] Token(string token) => Encoding.UTF8.GetBytes($$"""{"state":{},"clientToken":"{{token}}"}""");

    private static ShadowFault? Judge(byte[] payload)
    {
        var request = ShadowRequest.Read(payload, 6, out var fault, out _);
        Assert.Equal(fault is null, request is not null);
        return fault;
    }
}
