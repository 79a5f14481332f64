using System.Diagnostics;
using OrleansIot.Application.Fleet.Filters;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Tests.Fleet.Filters;

/// <summary>What docs/search.md says of a filter, written down as plainly as it can be, to hold the real thing against.</summary>
internal static class PlainAnswers
{
    public static bool Match(FilterExpression filter, Twin twin, Instant now) => Answer(filter, twin, now) == "yes";

    private static string Answer(FilterExpression filter, Twin twin, Instant now) => filter switch
    {
        FilterExpression.And e => Worst(Answer(e.Left, twin, now), Answer(e.Right, twin, now), "no"),
        FilterExpression.Or e => Worst(Answer(e.Left, twin, now), Answer(e.Right, twin, now), "yes"),
        FilterExpression.Not e => Answer(e.Inner, twin, now) switch { "yes" => "no", "no" => "yes", _ => "unknown" },
        FilterExpression.Comparison e => Compare(e.Field, e.Operator, e.Value, twin, now),
        FilterExpression.In e => e.Values.Select(value => Compare(e.Field, ComparisonOperator.Equal, value, twin, now)).Aggregate((left, right) => Worst(left, right, "yes")),
        FilterExpression.Matches e => Find(e.Field, twin) is not string text ? "unknown" : YesIf(Starts(text).Any(at =>
            text.Substring(at).ToUpperInvariant() is var from
            && from.StartsWith(e.Text.ToUpperInvariant(), StringComparison.Ordinal)
            && (e.Test != TextTest.StartsWith || at == 0)
            && (e.Test != TextTest.EndsWith || from.Length == e.Text.Length))),
        FilterExpression.Has e => YesIf((e.Field.Name == "groups" ? twin.Description.Groups : twin.Description.Tags).Any(text => text == e.Text)),
        _ => throw new UnreachableException(),
    };

    // One that settles it does; otherwise one that is unknown leaves it unknown.
    private static string Worst(string left, string right, string settles) =>
        left == settles || right == settles ? settles
        : left == "unknown" || right == "unknown" ? "unknown"
        : left;

    private static string Compare(FilterField field, ComparisonOperator comparison, FilterLiteral literal, Twin twin, Instant now)
    {
        var actual = Find(field, twin);
        if (literal is FilterLiteral.Null)
            return YesIf(comparison == ComparisonOperator.Equal ? actual is null : actual is not null);

        var sign = (actual, literal) switch
        {
            (bool a, FilterLiteral.Boolean b) => a.CompareTo(b.Value),
            (double a, FilterLiteral.Number b) => a.CompareTo(b.Value),
            (Instant a, FilterLiteral.Moment b) => a.CompareTo(b.Value),
            (Instant a, FilterLiteral.Ago b) => a.CompareTo(now - b.Span),
            (Enum a, FilterLiteral.Text b) => a.CompareTo(Enum.Parse(a.GetType(), b.Value, ignoreCase: true)),
            (string a, FilterLiteral.Text b) => string.CompareOrdinal(a, b.Value),
            _ => (int?)null,
        };
        return sign is null ? "unknown" : YesIf(comparison switch
        {
            ComparisonOperator.Equal => sign == 0,
            ComparisonOperator.NotEqual => sign != 0,
            ComparisonOperator.Above => sign > 0,
            ComparisonOperator.AtLeast => sign >= 0,
            ComparisonOperator.Below => sign < 0,
            _ => sign <= 0,
        });
    }

    private static object? Find(FilterField field, Twin twin) => field.Kind == FilterFieldKind.Metric ? ValueOf(twin, MetricOf(field)) : field.Name switch
    {
        "id" => twin.Device.Value,
        "name" => twin.Description.Name,
        "type" => twin.Description.Type,
        "location" => twin.Description.Location,
        "organisation" => twin.Description.Organisation,
        "site" => twin.Description.Site,
        "metadata.serial" => twin.Description.Metadata.Where(entry => entry.Key == "serial").Select(entry => entry.Value).FirstOrDefault(),
        "status" => twin.Status,
        "statusSince" => twin.Status == DeviceStatus.Unknown ? null : twin.StatusSince,
        "lastSeen" => twin.LastSeen,
        "severity" => twin.OpenAlerts.IsEmpty ? null : twin.OpenAlerts.Max(alert => alert.Severity),
        "openAlerts" => (double)twin.OpenAlerts.Length,
        "firmware" => new[] { "firmware", "firmware-version" }.Select(metric => ValueOf(twin, metric)).OfType<string>().FirstOrDefault(said => said.Length > 0) ?? twin.Description.Firmware,
        _ => throw new UnreachableException(),
    };

    private static string MetricOf(FilterField field) =>
        field.Name.StartsWith("metric('", StringComparison.Ordinal) ? field.Name["metric('".Length..^2].Replace("''", "'") : field.Name;

    private static object? ValueOf(Twin twin, string metric)
    {
        foreach (var last in twin.Readings)
        {
            if (last.Metric.Value == metric)
                return last.Value.Kind switch { MetricKind.Number => last.Value.Number, MetricKind.Boolean => last.Value.Boolean, _ => last.Value.Text };
        }

        return null;
    }

    private static IEnumerable<int> Starts(string text) => Enumerable.Range(0, text.Length + 1);

    private static string YesIf(bool holds) => holds ? "yes" : "no";
}
