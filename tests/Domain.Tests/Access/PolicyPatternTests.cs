using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Domain.Access;

namespace OrleansIot.Domain.Tests.Access;

public sealed class PolicyPatternTests
{
    private static readonly AccessContext Client = new("c1", thing: new AttachedThing("c1"));

    [Theory]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "a/B", false)]
    [InlineData("a/b", "a/b/c", false)]
    [InlineData("a/b", "xa/b", false)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("*", "", true)]
    [InlineData("a/*", "a/b/c/d", true)]
    [InlineData("a/*", "a/", true)]
    [InlineData("a/*", "a", false)]
    [InlineData("a/*/z", "a/b/c/z", true)]
    [InlineData("a/*/z", "a/z", false)]
    [InlineData("*a*a*", "banana", true)]
    [InlineData("*ab", "aab", true)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "a/c", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("a?c", "a😀c", true)]
    [InlineData("a??c", "aéc", false)]
    [InlineData("*?", "é", true)]
    [InlineData("a/+", "a/b", false)]
    [InlineData("a/+", "a/+", true)]
    [InlineData("a/#", "a/b", false)]
    [InlineData("a/#", "a/#", true)]
    [InlineData("a/*", "a/#", true)]
    [InlineData("$aws/things/*", "$aws/things/c1/shadow/get", true)]
    [InlineData("a${*}b", "a*b", true)]
    [InlineData("a${*}b", "axb", false)]
    [InlineData("a${?}b", "a?b", true)]
    [InlineData("a${?}b", "axb", false)]
    [InlineData("a${$}{iot:ClientId}", "a${iot:ClientId}", true)]
    [InlineData("d/${iot:ClientId}/*", "d/c1/x", true)]
    [InlineData("d/${iot:ClientId}/*", "d/c2/x", false)]
    [InlineData("d/${iot:ClientId}/*", "d/c12/x", false)]
    [InlineData("*${iot:ClientId}${iot:Connection.Thing.ThingName}", "c1c1c1", true)]
    public void The_whole_text_has_to_match(string pattern, string text, bool matches) => Assert.Equal(matches, Matches(pattern, text, Client));

    [Theory]
    [InlineData("${iot:Nothing}")]
    [InlineData("${iot:ClientId")]
    [InlineData("${}")]
    [InlineData("a/${iot:Certificate.Subject.CommonName.List}")]
    [InlineData("${iot:ConnectAttributes}")]
    public void A_variable_that_there_is_not_is_told(string pattern)
    {
        Assert.False(PolicyPattern.TryParse(pattern, hasWildcards: true, out _, out var problem));
        Assert.StartsWith("${", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iot:Connection.Thing.ThingName")]
    [InlineData("iot:Connection.Thing.ThingTypeName")]
    [InlineData("iot:Connection.Thing.Attributes[x]")]
    [InlineData("iot:Certificate.Subject.CommonName")]
    [InlineData("iot:CertificateId")]
    [InlineData("aws:SourceIp")]
    public void An_unresolved_variable_matches_nothing_not_even_its_own_text(string variable)
    {
        Assert.False(Matches($"a/${{{variable}}}", $"a/${{{variable}}}", new AccessContext("c1")));
        Assert.False(Matches($"a/${{{variable}}}", "a/", new AccessContext("c1")));
    }

    [Theory]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("*")]
    [InlineData("a+b")]
    [InlineData("")]
    public void A_client_id_that_could_widen_a_filter_is_not_put_in(string clientId) =>
        Assert.False(Matches("my/${iot:ClientId}/topic", $"my/{clientId}/topic", new AccessContext(clientId)));

    [Fact]
    public void What_a_variable_puts_in_is_literal()
    {
        Assert.True(Matches("my/${iot:ClientId}", "my/a?", new AccessContext("a?")));
        Assert.False(Matches("my/${iot:ClientId}", "my/ab", new AccessContext("a?")));
    }

    [Fact]
    public void A_client_id_longer_than_1024_is_not_put_in() =>
        Assert.False(Matches("${iot:ClientId}", new string('x', 1025), new AccessContext(new string('x', 1025))));

    [Fact]
    public void Any_pattern_matches_what_the_same_regular_expression_matches() => Prop.ForAll(Written("ab/é+#$"), Written("ab/é+#$*?"), (text, pattern) =>
    {
        var model = "^" + string.Concat(pattern.Select(c => c switch { '*' => ".*", '?' => ".", _ => Regex.Escape($"{c}") })) + "$";
        Assert.Equal(Regex.IsMatch(text, model, RegexOptions.Singleline | RegexOptions.NonBacktracking), Matches(pattern, text, Client));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Any_text_is_matched_by_itself_with_some_of_it_made_wild() =>
        Prop.ForAll(Written("ab/é"), Gen.Choose(0, 20).Two().ToArbitrary(), (text, cut) =>
        {
            var (from, to) = (Math.Min(text.Length, Math.Min(cut.Item1, cut.Item2)), Math.Min(text.Length, Math.Max(cut.Item1, cut.Item2)));
            Assert.True(Matches(text[..from] + "*" + text[to..], text, Client));
            Assert.True(Matches(text[..from] + new string('?', to - from) + text[to..], text, Client));
            Assert.False(Matches(text[..from] + new string('?', to - from + 1) + text[to..], text, Client));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_hostile_pattern_takes_no_longer_than_the_product_of_both() =>
        Assert.False(Matches(string.Concat(Enumerable.Repeat("*a", 200)) + "b", new string('a', 5_000), Client));

    private static Arbitrary<string> Written(string alphabet) =>
        Gen.Elements(alphabet.ToCharArray()).ListOf().Select(letters => string.Concat(letters)).Resize(16).ToArbitrary();

    private static bool Matches(string pattern, string text, AccessContext context)
    {
        Assert.True(PolicyPattern.TryParse(pattern, hasWildcards: true, out var parsed, out var problem), problem);
        return parsed.Matches(Encoding.UTF8.GetBytes(text), context);
    }
}
