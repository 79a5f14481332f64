using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Application.Fleet.Filters;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Tests.Fleet.Filters;

/// <summary>Filters and twins that have much in common, so that filters match about as often as not.</summary>
internal static class AnyFilter
{
    public static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 11, 21, 9, 48, 0, TimeSpan.Zero));

    private static readonly string[] Texts = ["pump", "Pump", "it's", "", "north", "hall b", "ä]'", "true"];
    private static readonly string[] MetricNames = ["temperature", "cpu-percent", "state", "disk root/used", "status", "not", "it's", "[x]", "metric.y", "größe"];
    private static readonly double[] Values = [-1.5, 0, 1, 70, 1e300, 1.0 / 3];

    private static readonly Gen<Instant> Moments = Gen.Choose(-100, 1).Select(minutes => Now + TimeSpan.FromMinutes(minutes));

    private static readonly Gen<FilterField> TextFields = Gen.Elements("id", "name", "type", "location", "organisation", "site", "metadata.serial", "firmware").Select(name => FilterFields.Find(name)!);
    private static readonly Gen<FilterField> Metrics = Gen.Elements(MetricNames).Select(name => FilterFields.Metric(name)!);

    private static readonly Gen<ComparisonOperator> AnyOperator = Gen.Elements(Enum.GetValues<ComparisonOperator>());
    private static readonly Gen<ComparisonOperator> Equality = Gen.Elements(ComparisonOperator.Equal, ComparisonOperator.NotEqual);

    private static readonly Gen<FilterLiteral> TextLiterals = Gen.Elements(Texts).Select(FilterLiteral (text) => new FilterLiteral.Text(text));
    private static readonly Gen<FilterLiteral> Numbers = Gen.Elements(Values).Select(FilterLiteral (number) => new FilterLiteral.Number(number));

    private static readonly Gen<FilterLiteral> Times = Gen.OneOf(
        Moments.Select(FilterLiteral (moment) => new FilterLiteral.Moment(moment)),
        Gen.Choose(0, 6_000).Select(FilterLiteral (seconds) => new FilterLiteral.Ago(TimeSpan.FromSeconds(seconds))));

    private static readonly Gen<(FilterField Field, Gen<ComparisonOperator> Operators, Gen<FilterLiteral> Literals)> Asked = Gen.OneOf(
        TextFields.Select(field => (field, AnyOperator, TextLiterals)),
        Metrics.Select(field => (field, AnyOperator, Gen.OneOf(Numbers, TextLiterals))),
        Metrics.Select(field => (field, Equality, Gen.Elements(true, false).Select(FilterLiteral (value) => new FilterLiteral.Boolean(value)))),
        Gen.Constant((FilterFields.Find("openAlerts")!, AnyOperator, Numbers)),
        Gen.Elements("lastSeen", "statusSince").Select(name => (FilterFields.Find(name)!, AnyOperator, Times)),
        Gen.Constant((FilterFields.Find("status")!, Equality, WordsOf("status"))),
        Gen.Constant((FilterFields.Find("severity")!, AnyOperator, WordsOf("severity"))));

    private static readonly Gen<FilterExpression> Terms = Gen.OneOf(
        from asked in Asked
        from comparison in asked.Operators
        from value in asked.Literals
        select (FilterExpression)new FilterExpression.Comparison(asked.Field, comparison, value),
        from asked in Asked
        from comparison in Equality
        select (FilterExpression)new FilterExpression.Comparison(asked.Field, comparison, new FilterLiteral.Null()),
        from asked in Asked
        from count in Gen.Choose(1, 3)
        from values in asked.Literals.ListOf(count)
        select (FilterExpression)new FilterExpression.In(asked.Field, [.. values]),
        from test in Gen.Elements(Enum.GetValues<TextTest>())
        from field in Gen.OneOf(TextFields, Metrics)
        from part in Gen.Elements("P", "u", "'", "", "ump")
        select (FilterExpression)new FilterExpression.Matches(test, field, part),
        Gen.Elements(Texts).Select(FilterExpression (tag) => new FilterExpression.Has(FilterFields.Find(tag.Length % 2 == 0 ? "tags" : "groups")!, tag)));

    public static readonly Gen<FilterExpression> Filters = Gen.Choose(0, 4).SelectMany(Of);

    public static readonly Gen<Twin> Twins =
        from id in Gen.Elements("pump", "Pump", "north", "d-1")
        from name in Maybe(Texts)
        from type in Maybe(Texts)
        from tags in Gen.SubListOf(Texts)
        from status in Gen.Elements(Enum.GetValues<DeviceStatus>())
        from since in Moments
        from seen in Gen.OneOf(Gen.Constant((Instant?)null), Moments.Select(moment => (Instant?)moment))
        from severities in Gen.SubListOf(Enum.GetValues<Severity>())
        from metrics in Gen.SubListOf(MetricNames.Concat(["firmware", "firmware-version"]))
        from values in Gen.OneOf(
            Gen.Elements(Values).Select(MetricValue.Of),
            Gen.Elements(true, false).Select(MetricValue.Of),
            Gen.Elements(Texts).Select(MetricValue.Of)).ListOf(metrics.Count)
        select new Twin(DeviceId.Parse(id))
        {
            Version = 1,
            Description = new DeviceDescription(name, type, null, [.. tags])
            {
                Organisation = type,
                Site = name,
                Groups = [.. tags.Take(1)],
                Metadata = type is null ? [] : [new("serial", type)],
                Firmware = name,
            },
            Connectivity = status,
            ConnectivitySince = since,
            LastSeen = seen,
            Readings = LastValues.Of(metrics.Zip(values, (metric, value) => new LastValue(MetricName.Parse(metric), value, Now))),
            OpenAlerts = [.. severities.Select((severity, i) => AlertOf(DeviceId.Parse(id), i, severity))],
        };

    public static readonly Gen<DeviceSort> Sorts =
        from fields in Gen.SubListOf(FilterFields.All.Where(field => field.Kind != FilterFieldKind.List).Concat(MetricNames.Select(name => FilterFields.Metric(name)!)))
        from downwards in Gen.Elements(true, false).ListOf(DeviceSort.MaxKeys)
        let keys = fields.Take(DeviceSort.MaxKeys).Select((field, i) => new SortKey(field, downwards[i])).ToList()
        where keys.Count > 0
        select DeviceSort.Parse(string.Join(',', keys));

    private static Gen<FilterExpression> Of(int depth) => depth == 0 ? Terms : Gen.OneOf(
        Terms,
        from left in Of(depth - 1) from right in Of(depth - 1) select (FilterExpression)new FilterExpression.And(left, right),
        from left in Of(depth - 1) from right in Of(depth - 1) select (FilterExpression)new FilterExpression.Or(left, right),
        Of(depth - 1).Select(FilterExpression (inner) => new FilterExpression.Not(inner)));

    private static Gen<string?> Maybe(string[] texts) => Gen.Elements(texts.Append(null).ToArray());

    private static Gen<FilterLiteral> WordsOf(string field) =>
        Gen.Elements(FilterFields.Find(field)!.Words.ToArray()).Select(FilterLiteral (word) => new FilterLiteral.Text(word));

    private static Alert AlertOf(DeviceId device, int number, Severity severity) => new(
        new AlertId(device, RuleId.Parse($"r{number}"), number), "r", 1, severity, "t > 1", MetricName.Parse("t"), MetricValue.Of(2), Now);
}
