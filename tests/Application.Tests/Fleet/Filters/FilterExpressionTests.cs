using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Application.Fleet.Filters;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Tests.Fleet.Filters;

public sealed class FilterExpressionTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    private static readonly Twin Pump = new(DeviceId.Parse("pump-1"))
    {
        Version = 1,
        Description = new DeviceDescription("Pump 'one'", "pump", "Hall B", ["north", "old"]),
        Connectivity = DeviceStatus.Online,
        ConnectivitySince = AnyFilter.Now - TimeSpan.FromHours(2),
        LastSeen = AnyFilter.Now - TimeSpan.FromMinutes(10),
        Readings = LastValues.Of(
        [
            Last("temperature", MetricValue.Of(71.5)), Last("disk root/used", MetricValue.Of(90)), Last("running", MetricValue.Of(true)),
            Last("state", MetricValue.Of("idle")), Last("firmware-version", MetricValue.Of("2.1.0")), Last("type", MetricValue.Of(3)),
        ]),
    };

    [Theory]
    [InlineData("type eq 'pump' and temperature gt 70")]
    [InlineData("TYPE EQ 'pump' AND temperature GT 70")]
    [InlineData("id in ('pump-1','pump-2')")]
    [InlineData("name eq 'Pump ''one'''")]
    [InlineData("contains(name, 'ONE')")]
    [InlineData("startswith(location,'hall') and endswith(location,'B')")]
    [InlineData("tags has 'north' and not tags has 'south'")]
    [InlineData("status eq 'online' and status in ('online', 'maintenance')")]
    [InlineData("lastSeen lt now-5m and lastSeen ge now-600s and lastSeen ge 2026-11-21T09:38:00Z and lastSeen le 2026-11-21T10:38:00+01:00")]
    [InlineData("statusSince le now-2h and statusSince gt now-1d")]
    [InlineData("firmware eq '2.1.0' and firmware lt '3'")]
    [InlineData("[disk root/used] ge 9e1 and metric('disk root/used') le 90 and metric.temperature ne -4")]
    [InlineData("running eq true and running ne false and state eq 'idle'")]
    [InlineData("[type] eq 3 and openAlerts eq 0")]
    [InlineData("severity eq null and organisationless eq null and type ne null")]
    [InlineData("type eq 'x' or type eq 'pump' and openAlerts lt 1")]
    [InlineData("not (type eq 'x' or temperature lt 70) and (((id eq 'pump-1')))")]
    public void These_match_the_pump(string filter) => Assert.True(FilterExpression.Parse(filter).Matcher(AnyFilter.Now)(Pump));

    [Theory]
    [InlineData("type eq 'Pump'")]
    [InlineData("tags has 'North'")]
    [InlineData("lastSeen gt now-5m")]
    [InlineData("(type eq 'x' or type eq 'pump') and openAlerts gt 0")]
    public void These_do_not(string filter) => Assert.False(FilterExpression.Parse(filter).Matcher(AnyFilter.Now)(Pump));

    [Theory]
    [InlineData("humidity gt 5")]
    [InlineData("humidity ne 5")]
    [InlineData("state gt 5")]
    [InlineData("severity ge 'info'")]
    [InlineData("contains(humidity, 'x')")]
    [InlineData("humidity in (1, 2)")]
    public void What_is_asked_of_a_missing_value_or_one_of_another_kind_does_not_hold_and_neither_does_its_opposite(string filter)
    {
        Assert.False(FilterExpression.Parse(filter).Matcher(AnyFilter.Now)(Pump));
        Assert.False(FilterExpression.Parse($"not {filter}").Matcher(AnyFilter.Now)(Pump));
        Assert.True(FilterExpression.Parse($"not {filter} or id eq 'pump-1'").Matcher(AnyFilter.Now)(Pump));
    }

    [Theory]
    [InlineData("", "filter.syntax", 1, "Write a field, a metric, 'not' or '('.")]
    [InlineData("type eq", "filter.syntax", 8, "Write a text in single quotes or null.")]
    [InlineData("type eq pump", "filter.syntax", 9, "Write a text in single quotes or null.")]
    [InlineData("type = 'pump'", "filter.syntax", 6, "Write texts in single quotes, and a metric of such a name as [name].")]
    [InlineData("type is 'pump'", "filter.syntax", 6, "Write eq, ne, gt, ge, lt, le or in. A text with a blank in it belongs in single quotes.")]
    [InlineData("type eq 'pump", "filter.text-unclosed", 9, "Close it with '; a ' within it is written twice.")]
    [InlineData("type eq 'pump''", "filter.text-unclosed", 9, "Close it with '; a ' within it is written twice.")]
    [InlineData("[a gt 1", "filter.metric-unclosed", 1, "Close it with ]; a ] within it is written twice.")]
    [InlineData("type eq 'pump' temperature gt 3", "filter.syntax", 16, "Write 'and', 'or' or the end.")]
    [InlineData("(type eq 'pump'", "filter.syntax", 16, "Write ')'.")]
    [InlineData("type in 'a'", "filter.syntax", 9, "Write '('.")]
    [InlineData("type in ('a' 'b')", "filter.syntax", 14, "Write ')' or ','.")]
    [InlineData("type in ('a', null)", "filter.value", 15, "Write type eq null or …")]
    [InlineData("status eq 'on'", "filter.value", 11, "Write 'unknown', 'online', 'offline', 'maintenance' or null.")]
    [InlineData("status gt 'online'", "filter.operator", 8, "Write eq, ne or in.")]
    [InlineData("openAlerts eq '3'", "filter.value", 15, "Write a number or null.")]
    [InlineData("temperature gt 1e999", "filter.syntax", 16, "Write a number, a text in single quotes, true, false or null.")]
    [InlineData("temperature gt now", "filter.value", 16, "Write a number, a text in single quotes, true, false or null.")]
    [InlineData("temperature gt true", "filter.operator", 16, "Write eq or ne.")]
    [InlineData("lastSeen lt now-5w", "filter.syntax", 13, "Write a time as 2026-11-21T09:48:00Z, so long ago as now-90s, now-15m, now-24h or now-7d, or null.")]
    [InlineData("lastSeen lt now-99999999999999999999d", "filter.syntax", 13, "Write a time as 2026-11-21T09:48:00Z, so long ago as now-90s, now-15m, now-24h or now-7d, or null.")]
    [InlineData("lastSeen lt '2026-11-21'", "filter.value", 13, "Write a time as 2026-11-21T09:48:00Z, so long ago as now-90s, now-15m, now-24h or now-7d, or null.")]
    [InlineData("tags eq 'north'", "filter.operator", 6, "Write has.")]
    [InlineData("type has 'north'", "filter.operator", 6, "Write eq, ne, gt, ge, lt, le or in.")]
    [InlineData("contains(tags, 'n')", "filter.operator", 10, "Write tags has 'x'.")]
    [InlineData("contains(lastSeen, 'n')", "filter.operator", 10, "Name a field that is a text, or a metric.")]
    [InlineData("contains(type)", "filter.syntax", 14, "Write ','.")]
    [InlineData("metric(5) gt 1", "filter.syntax", 8, "Write metric('x').")]
    [InlineData("metric('') gt 1", "filter.field", 1, "Write a metric's name of 1 to 128 characters, or one of ")]
    public void What_is_wrong_is_named_with_its_place_and_what_mends_it(string filter, string code, int position, string mend)
    {
        Assert.False(FilterExpression.TryParse(filter, out _, out var fault));
        Assert.Equal((code, position), (fault.Code, fault.Position));
        Assert.StartsWith(mend, fault.Mend);
    }

    [Fact]
    public void Length_depth_and_terms_are_bounded()
    {
        Assert.True(FilterExpression.TryParse($"{new string('(', 32)}a eq 1{new string(')', 32)}", out _, out _));
        Assert.Equal("filter.too-deep", FaultOf($"{new string('(', 33)}a eq 1{new string(')', 33)}").Code);
        Assert.Equal("filter.too-deep", FaultOf($"{string.Concat(Enumerable.Repeat("not ", 33))}a eq 1").Code);
        Assert.True(FilterExpression.TryParse(string.Join(" or ", Enumerable.Repeat("a eq 1", 100)), out _, out _));
        Assert.Equal("filter.too-many-terms", FaultOf(string.Join(" or ", Enumerable.Repeat("a eq 1", 101))).Code);
        Assert.Equal("filter.too-many-terms", FaultOf($"a in ({string.Join(',', Enumerable.Range(0, 101))})").Code);
        Assert.Equal("filter.too-long", FaultOf(new string('a', 2_001)).Code);
    }

    [Fact]
    public void A_filter_that_is_written_out_reads_back_as_equal() =>
        Prop.ForAll(AnyFilter.Filters.ToArbitrary(), filter =>
        {
            var written = filter.ToString();
            if (FilterExpression.TryParse(written, out var read, out var fault))
                Assert.Equal(filter, read);
            else
                Assert.StartsWith("filter.too-", fault.Code);
        }).Check(Thorough);

    [Fact]
    public void A_filter_matches_as_its_plain_meaning_says() =>
        Prop.ForAll(Gen.Zip(AnyFilter.Filters, AnyFilter.Twins).ToArbitrary(), pair =>
            Assert.Equal(PlainAnswers.Match(pair.Item1, pair.Item2, AnyFilter.Now), pair.Item1.Matcher(AnyFilter.Now)(pair.Item2))).Check(Thorough.WithMaxTest(5_000));

    [Fact]
    public void No_input_makes_the_parser_throw_and_every_fault_points_into_it()
    {
        string[] pieces =
        [
            "type", "tags", "lastSeen", "status", "temperature", "metric", "metric.", "eq", "gt", "in", "has", "and", "or", "not", "contains", "null", "true", "now", "now-", "now-5m",
            "(", ")", ",", "'", "''", "'x'", "[", "]", "[a]", "-", "-5", "1e400", "2026-11-21", "2026-11-21T99:00:00Z", "0001-01-01T00:00:00+14:00", " ", "\t", "\0", "ß", "\ud800", "=", "5x",
        ];
        var inputs = Gen.OneOf(
            Gen.Elements(pieces).ListOf().Select(chosen => string.Join(' ', chosen)),
            Gen.Elements(pieces).ListOf().Select(string.Concat),
            from filter in AnyFilter.Filters
            let text = filter.ToString()
            from at in Gen.Choose(0, text.Length)
            from piece in Gen.Elements(pieces)
            from cut in Gen.Choose(0, 3)
            select text[..Math.Max(0, at - cut)] + piece + text[at..]);
        Prop.ForAll(inputs.ToArbitrary(), input =>
        {
            if (FilterExpression.TryParse(input, out var filter, out var fault))
                Assert.Equal(filter, FilterExpression.Parse(filter.ToString()));
            else
                Assert.InRange(fault.Position, 1, input.Length + 1);

            if (!DeviceSort.TryParse(input, out _, out fault))
                Assert.InRange(fault.Position, 1, input.Length + 1);
        }).Check(Thorough.WithMaxTest(10_000));
    }

    private static FilterFault FaultOf(string filter)
    {
        Assert.False(FilterExpression.TryParse(filter, out _, out var fault));
        return fault;
    }

    private static LastValue Last(string metric, MetricValue value) => new(MetricName.Parse(metric), value, AnyFilter.Now);
}
