using System.Collections.Immutable;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Application.DeviceTypes;

/// <summary>The words of a device type's document, and of flags, and what they stand for.</summary>
public static class DeviceTypeWords
{
    internal static readonly ImmutableArray<(string Word, MetricKind Meaning)> Kinds =
        [("number", MetricKind.Number), ("boolean", MetricKind.Boolean), ("text", MetricKind.Text)];

    internal static readonly ImmutableArray<(string Word, BreachPolicy Meaning)> Policies = [("flag", BreachPolicy.Flag), ("refuse", BreachPolicy.Refuse)];

    private static readonly ImmutableArray<(string Word, Breach Meaning)> Breaches =
    [
        ("out-of-range", Breach.OutOfRange), ("wrong-kind", Breach.WrongKind), ("missing-metric", Breach.Missing), ("unknown-metric", Breach.Unknown),
        ("derived-metric", Breach.Derived),
    ];

    public static string Of(MetricKind kind) => Kinds.First(pair => pair.Meaning == kind).Word;

    public static string Of(BreachPolicy policy) => Policies.First(pair => pair.Meaning == policy).Word;

    /// <summary>As the code of a refusal ends: <c>reading.out-of-range</c>.</summary>
    public static string Of(Breach breach) => Breaches.First(pair => pair.Meaning == breach).Word;
}
