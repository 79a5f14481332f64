using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.Telemetry.Payloads;

/// <summary>Why a payload is not a reading. <paramref name="Code"/> is stable; <paramref name="Detail"/> names the field and the mend.</summary>
public sealed record PayloadRefusal(string Code, string Detail)
{
    internal static PayloadRefusal InvalidUtf8 { get; } =
        new("reading.invalid-json", "The payload is not UTF-8; send a JSON object encoded as UTF-8.");

    internal static PayloadRefusal NotAnObject(string found) =>
        new("reading.not-an-object", $"The payload is {found}; send one JSON object per message, such as {{\"temperature\": 21.5}}.");

    internal static PayloadRefusal NoMetrics { get; } =
        new("reading.no-metrics", "The payload holds no number, boolean or text beside timestamp and messageId; send at least one metric.");

    internal static PayloadRefusal TooDeep { get; } =
        new("reading.too-deep", $"The payload is nested deeper than {TelemetryReader.MaxDepth} levels; send a flatter object.");

    internal static PayloadRefusal TooManyMetrics { get; } =
        new("reading.too-many-metrics", $"The payload holds more than {TelemetryReader.MaxMetrics} metrics; split it into several messages.");

    internal static PayloadRefusal InvalidJson(string problem) => new("reading.invalid-json", $"The payload is not valid JSON: {problem}");

    internal static PayloadRefusal InvalidMetricName(string name) => new(
        "reading.invalid-metric-name",
        $"'{Shown(name)}' is not a metric name; use 1 to {MetricName.MaxLength} characters (dashes between nested keys included), no control characters, and no leading $.");

    internal static PayloadRefusal TextTooLong(string name) => new(
        "reading.text-too-long", $"The text of '{name}' is longer than {MetricValue.MaxTextLength} characters; shorten it or leave it out.");

    internal static PayloadRefusal NumberOutOfRange(string name) => new(
        "reading.number-out-of-range", $"The number of '{name}' is not finite or beyond what a 64-bit float holds; send null or leave it out.");

    internal static PayloadRefusal InvalidTimestamp(string problem) => new(
        "reading.invalid-timestamp",
        $"'timestamp' {problem}; send ISO 8601 (2026-01-31T08:00:00Z), Unix seconds or Unix milliseconds, or leave it out to use the time of arrival.");

    internal static PayloadRefusal InvalidMessageId { get; } = new(
        "reading.invalid-message-id",
        $"'messageId' is neither a number nor a text of at most {TelemetryReader.MaxMessageIdLength} characters; send one that names this message, or leave it out.");

    internal static PayloadRefusal InvalidSequence { get; } = new(
        "reading.invalid-sequence",
        $"'bootId' and 'sequence' do not number this message; send as 'bootId' a text of 1 to {MetricValue.MaxTextLength} characters or a number, and as 'sequence' "
        + $"a whole number from 0 to {MessageSequence.MaxNumber}, or only one of the two as a metric.");

    // It may be long, and a reason string of MQTT holds no control characters.
    private static string Shown(string name) =>
        string.Concat((name.Length <= 64 ? name : name[..64] + "…").Select(c => char.IsControl(c) ? '?' : c));
}
