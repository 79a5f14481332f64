using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.History;

/// <summary>How long history is kept where that is not the same for all of it. What is not set stays as the store's own options say.</summary>
public sealed class HistoryRetentionOptions : IValidatableObject
{
    public const string Section = "History:Retention";

    /// <summary>Days for which readings are kept. Default that of the store (<c>Data:ReadingRetentionDays</c>, 30).</summary>
    [Range(1, 36_500)]
    public int? Readings { get; set; }

    /// <summary>Days for which one-minute roll-ups are kept. Default that of the store (<c>Data:RollupRetentionDays</c>, 400).</summary>
    [Range(1, 36_500)]
    public int? Minutes { get; set; }

    /// <summary>Days for which quarter-hours are kept. Default as the store's roll-ups.</summary>
    [Range(1, 36_500)]
    public int? QuarterHours { get; set; }

    /// <summary>Days for which hours are kept. Default as the store's roll-ups.</summary>
    [Range(1, 36_500)]
    public int? Hours { get; set; }

    /// <summary>Days for which days (of UTC) are kept. Default as the store's roll-ups.</summary>
    [Range(1, 36_500)]
    public int? Days { get; set; }

    /// <summary>Metrics that are kept longer or shorter; the first whose pattern matches counts. Default none, 100 at most.</summary>
    // Each query goes through them by name; nobody reads a list of more.
    [MaxLength(100)]
    public IList<MetricRetentionOptions> Metrics { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Metrics.Count; i++)
        {
            var rule = Metrics[i];
            var name = $"{Section}:{nameof(Metrics)}:{i}";
            if (rule.Pattern.Length is 0 or > MetricName.MaxLength || rule.Pattern.Any(char.IsControl) || rule.Pattern == KeptSince.AllMetrics)
                yield return new ValidationResult($"{name}:{nameof(rule.Pattern)} is '{rule.Pattern}'. Write the name of a metric, or a pattern such as gps.*; for all metrics set {Section}:{nameof(Readings)} and its like.", [nameof(Metrics)]);

            foreach (var days in (int?[])[rule.Readings, rule.Minutes, rule.QuarterHours, rule.Hours, rule.Days])
            {
                if (days is < 1 or > 36_500)
                    yield return new ValidationResult($"{name}: {days} is not a number of days from 1 to 36500.", [nameof(Metrics)]);
            }
        }

        if (Metrics.GroupBy(rule => rule.Pattern).FirstOrDefault(same => same.Count() > 1) is { } doubled)
            yield return new ValidationResult($"{Section}:{nameof(Metrics)} has '{doubled.Key}' more than once. Keep one.", [nameof(Metrics)]);
    }

    public HistoryRetention Over(HistoryRetention store)
    {
        var all = Set(store.Default, Readings, Minutes, QuarterHours, Hours, Days);
        return new HistoryRetention(all, [.. Metrics.Select(rule => new MetricRetention(rule.Pattern, Set(all, rule.Readings, rule.Minutes, rule.QuarterHours, rule.Hours, rule.Days)))]);
    }

    private static RetentionPeriods Set(RetentionPeriods otherwise, int? readings, int? minutes, int? quarterHours, int? hours, int? days) => new(
        Span(readings) ?? otherwise.Readings,
        Span(minutes) ?? otherwise.Minutes,
        Span(quarterHours) ?? otherwise.QuarterHours,
        Span(hours) ?? otherwise.Hours,
        Span(days) ?? otherwise.Days);

    private static TimeSpan? Span(int? days) => days is { } number ? TimeSpan.FromDays(number) : null;
}

/// <summary>One such rule; what it does not say is as for all metrics.</summary>
public sealed class MetricRetentionOptions
{
    /// <summary>The name of a metric, or a pattern with <c>*</c> for any text: <c>gps.*</c>.</summary>
    public string Pattern { get; set; } = "";

    /// <summary>Days, as in <see cref="HistoryRetentionOptions"/>.</summary>
    public int? Readings { get; set; }

    public int? Minutes { get; set; }

    public int? QuarterHours { get; set; }

    public int? Hours { get; set; }

    public int? Days { get; set; }
}

[OptionsValidator]
internal sealed partial class HistoryRetentionOptionsValidator : IValidateOptions<HistoryRetentionOptions>;
